"""The admin's pages about requests, where Django looks for them."""

from gatekeeper_site.core import registry
from requests_app.admin import (  # noqa: F401 - they register themselves
    callbacks,
    mano,
    requests,
    service_records,
)
from requests_app.admin.dashboard import dashboard_cards

registry.dashboard_cards.append(dashboard_cards)
registry.admin_banners.append(mano.banner)
