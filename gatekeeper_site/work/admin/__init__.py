"""The admin's pages of workers and of what admins have them run, where Django looks for them."""

from gatekeeper_site.work.admin import maintenance, workers  # noqa: F401 - they register themselves
