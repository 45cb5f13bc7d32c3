"""Calls Gatekeeper, which stands in front of an NFV platform.

Each operation of the API is a module of `gatekeeper_client.api`; what it takes and returns is in
`gatekeeper_client.models`. Both are made from the schema.
"""

from .client import Client
from .errors import Refused, UnexpectedAnswer
from .following import follow
from .paging import Page, pages
from .types import UNSET, Response
from .version import VERSION

__all__ = [
    "UNSET",
    "VERSION",
    "Client",
    "Page",
    "Refused",
    "Response",
    "UnexpectedAnswer",
    "follow",
    "pages",
]
