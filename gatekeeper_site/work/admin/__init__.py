"""The admin's pages of workers and of what admins have them run, where Django looks for them."""

from gatekeeper_site.core import registry
from gatekeeper_site.work.admin import maintenance, workers  # noqa: F401 - they register themselves

registry.dashboard_cards.append(workers.dashboard_cards)
