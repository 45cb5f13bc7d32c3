"""How log lines are written in JSON, and which are left out (the setting LOGGING)."""

import logging
import time

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

# What each line has, by the name of Python's logging. `exc_info` follows where there is one, and
# what the line itself gives as `extra`.
MEMBERS = (
    "asctime",
    "levelname",
    "name",
    "message",
    "request_id",
    "trace_id",
    "service_request",
    "service_instance",
    "process",
)
RENAMED = {"asctime": "timestamp", "levelname": "level", "name": "logger"}
# `ids` is for plain lines; Django's own lines bring the whole `request`, whose query is not for
# the log.
LEFT_OUT = ("ids", "request")


class JSONFormatter(JsonFormatter):
    """Writes a record as one JSON object on one line; times are UTC, with milliseconds."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__(
            MEMBERS, rename_fields=RENAMED, reserved_attrs=[*RESERVED_ATTRS, *LEFT_OUT]
        )


def is_no_failed_probe(record: logging.LogRecord) -> bool:
    """Tell whether a record is anything but Django's word of a /readyz that says no.

    Who asks has the answer, which names what fails, and asks again every few seconds.
    """
    path = getattr(getattr(record, "request", None), "path", "")
    return not (path == "/readyz" and getattr(record, "status_code", 0) == 503)
