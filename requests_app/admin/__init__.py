"""The admin's pages about requests, where Django looks for them."""

from requests_app.admin import callbacks, requests  # noqa: F401 - they register themselves
