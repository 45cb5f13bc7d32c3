"""The admin's pages about users and tokens, where Django looks for them."""

from gatekeeper_site.access.admin import tokens, users  # noqa: F401 - they register themselves
from gatekeeper_site.core import registry

registry.dashboard_cards.append(users.dashboard_cards)
