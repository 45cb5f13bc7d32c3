"""The admin's pages about HA objects, where Django looks for them."""

from ha_app.admin import objects  # noqa: F401 - it registers itself
