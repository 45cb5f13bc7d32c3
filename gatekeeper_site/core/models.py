"""The models of the shared app, gathered where Django looks for them."""

from gatekeeper_site.core.access.models import Role, ThrottleWindow, Token, UserAccess
from gatekeeper_site.core.api.models import IdempotentAnswer
from gatekeeper_site.core.audit.models import AuditEntry
from gatekeeper_site.core.event_counts import EventCount
from gatekeeper_site.core.outbox import OutboxEntry
from gatekeeper_site.core.worker_models import Worker

__all__ = [
    "AuditEntry",
    "EventCount",
    "IdempotentAnswer",
    "OutboxEntry",
    "Role",
    "ThrottleWindow",
    "Token",
    "UserAccess",
    "Worker",
]
