"""Calls of OSM's northbound interface (NBI), bounded in time and size whatever it answers.

Source: contract, mano-osm.md, Calls; ETSI GS NFV-SOL 005. What it answers is not trusted: JSON of
bounded size and depth is read and nothing else, and nothing of it comes into a path unescaped.
"""

from requests_app.mano.osm.nbi.connections import new_context, url_fault
from requests_app.mano.osm.nbi.outcomes import (
    LoginRefused,
    NotDone,
    Refused,
    Unclear,
    UnknownProject,
)
from requests_app.mano.osm.nbi.replies import id_in
from requests_app.mano.osm.nbi.session import Session

__all__ = [
    "LoginRefused",
    "NotDone",
    "Refused",
    "Session",
    "Unclear",
    "UnknownProject",
    "id_in",
    "new_context",
    "url_fault",
]
