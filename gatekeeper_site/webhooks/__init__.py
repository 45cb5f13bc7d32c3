"""Calls to customers' systems (contract: requests-and-records.md, Callbacks).

Knows nothing of what is told: the apps make the bodies, and keep what came of them.
"""

from gatekeeper_site.webhooks.sending import (
    DEFAULT_PORTS,
    MAX_ERROR_LENGTH,
    TOTAL_SECONDS,
    Outcome,
    post,
    signature,
)
from gatekeeper_site.webhooks.targets import callback_fault

__all__ = [
    "DEFAULT_PORTS",
    "MAX_ERROR_LENGTH",
    "TOTAL_SECONDS",
    "Outcome",
    "callback_fault",
    "post",
    "signature",
]
