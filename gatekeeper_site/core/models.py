"""The models of the room, where Django looks for them."""

from gatekeeper_site.core.counters import EventCount

__all__ = ["EventCount"]
