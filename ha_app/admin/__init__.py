"""The admin's pages about HA objects, where Django looks for them."""

from gatekeeper_site.core import registry
from ha_app.admin import objects  # noqa: F401 - it registers itself
from ha_app.admin.dashboard import dashboard_cards

registry.dashboard_cards.append(dashboard_cards)
