"""What the dashboard shows of the mirror in etcd."""

from typing import Any

from django.conf import settings

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.html import list_url
from ha_app.admin.mirror import cards
from ha_app.mirror_state import mirror_state
from ha_app.models import EtcdMirror


def dashboard_card(caller: Caller) -> dict[str, Any]:
    """Return how the mirror stands, where there is one."""
    if not settings.ETCD_ENDPOINTS:
        return {}
    return {"mirror": {"cards": cards(mirror_state()), "url": list_url(EtcdMirror)}}
