"""The admin's pages about requests, where Django looks for them."""

from gatekeeper_site.core import registry
from requests_app.admin import callbacks, mano, requests  # noqa: F401 - they register themselves
from requests_app.admin.dashboard import dashboard_card

registry.dashboard_cards.append(dashboard_card)
registry.admin_banners.append(mano.banner)
