"""Log lines, plain and in JSON: where what they tell comes from, and what it is about."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as project_settings

from gatekeeper_site.core.logs import JSONFormatter
from gatekeeper_site.core.origin import Origin, OriginFilter, about, originating
from tests.fixtures import Api
from tests.processes import environment_for, finished

CALL = Origin(
    request_id="order-1",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    via="api",
)
TRACE = "0af7651916cd43dd8448eb211c80319c"
ORDER = UUID("95e9b668-5726-4998-8ed4-d8d7e7fd2225")
INSTANCE = UUID("c2f4cbf3-5a9f-4f4c-9a0e-1f2a3b4c5d6e")


class Lines(logging.Handler):
    """Keeps every line as the product's handler would write it, in both formats."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(OriginFilter())
        plain = project_settings.LOGGING["formatters"]["plain"]
        self.plain_formatter = logging.Formatter(plain["format"], style=plain["style"])
        self.json_formatter = JSONFormatter()
        self.plain: list[str] = []
        self.json: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.plain.append(self.plain_formatter.format(record))
        line = self.json_formatter.format(record)
        assert "\n" not in line
        self.json.append(json.loads(line))

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.json if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_a_json_line_has_its_members_in_order(lines: Lines) -> None:
    with originating(CALL), about(service_request=ORDER, service_instance=INSTANCE):
        logging.getLogger("tests.logs").warning("an answer of\n%d lines", 2)

    (line,) = lines.json
    assert list(line) == [
        "timestamp",
        "level",
        "logger",
        "message",
        "request_id",
        "trace_id",
        "service_request",
        "service_instance",
        "process",
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
    assert (line["level"], line["logger"]) == ("WARNING", "tests.logs")
    assert line["message"] == "an answer of\n2 lines"
    assert (line["request_id"], line["trace_id"]) == ("order-1", TRACE)
    assert (line["service_request"], line["service_instance"]) == (str(ORDER), str(INSTANCE))
    assert isinstance(line["process"], int)


def test_the_time_of_a_json_line_is_utc_with_milliseconds() -> None:
    record = logging.LogRecord("tests", logging.INFO, __file__, 1, "x", None, None)
    record.created, record.msecs = 1_767_225_600.007, 7.0

    assert json.loads(JSONFormatter().format(record))["timestamp"] == "2026-01-01T00:00:00.007Z"


def test_what_nobody_called_for_and_is_about_nothing_says_so(lines: Lines) -> None:
    logging.getLogger("tests.logs").warning("started")

    (line,) = lines.json
    for name in ("request_id", "trace_id", "service_request", "service_instance"):
        assert line[name] is None
    assert lines.plain[0].endswith(" WARNING tests.logs [- -]: started")


def test_an_exception_is_text_in_its_line(lines: Lines) -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("tests.logs").exception("failed")

    (line,) = lines.json
    assert line["message"] == "failed"
    assert line["exc_info"].startswith("Traceback (most recent call last):\n")
    assert line["exc_info"].endswith("ZeroDivisionError: division by zero")


def test_a_plain_line_names_the_service_request(lines: Lines) -> None:
    with originating(CALL), about(service_request=ORDER):
        logging.getLogger("tests.logs").warning("not sent")

    assert lines.plain[0].endswith(f" WARNING tests.logs [order-1 {TRACE} {ORDER}]: not sent")


def test_what_work_is_about_nests_and_ends(lines: Lines) -> None:
    logger = logging.getLogger("tests.logs")
    with about(service_request=ORDER):
        with about(service_instance=INSTANCE):
            logger.warning("inner")
        with pytest.raises(ZeroDivisionError), about(service_instance=INSTANCE):
            _ = 1 / 0
        logger.warning("outer")
    logger.warning("after")

    assert [(line["service_request"], line["service_instance"]) for line in lines.json] == [
        (str(ORDER), str(INSTANCE)),
        (str(ORDER), None),
        (None, None),
    ]


def test_a_line_may_say_itself_what_it_is_about(lines: Lines) -> None:
    with about(service_request=INSTANCE):
        logging.getLogger("tests.logs").warning("done", extra={"service_request": ORDER})

    assert lines.json[0]["service_request"] == str(ORDER)


@pytest.mark.parametrize("value", ["xml", "JSON", ""])
def test_another_log_format_is_refused_at_the_start(tmp_path: Path, value: str) -> None:
    result = finished(environment_for(tmp_path, LOG_FORMAT=value), "manage.py", "check")

    assert result.returncode != 0
    assert f'It is "plain" or "json", not "{value}".' in result.stderr
    assert "LOG_FORMAT" in result.stderr


# Calls


@pytest.mark.django_db
def test_each_call_is_logged_without_its_query_token_or_body(operator: Api, lines: Lines) -> None:
    operator.send(
        "POST",
        "/requests?secret=hunter2",
        {"service_uuid": "no uuid", "callback": "http://hunter2.example/"},
        **{"X-Request-ID": "call-7"},
    )

    (line,) = lines.of("gatekeeper.access")
    assert (line["method"], line["path"], line["status"]) == ("POST", "/requests", 400)
    assert line["request_id"] == "call-7"
    assert line["level"] == "INFO"
    assert line["milliseconds"] > 0
    assert line["message"] == f"POST /requests 400, {line['milliseconds']:.1f} ms"
    everything = json.dumps(lines.json) + "".join(lines.plain)
    assert "hunter2" not in everything
    assert str(operator.token) not in everything


@pytest.mark.django_db
def test_a_path_cannot_begin_a_line_of_its_own(operator: Api, lines: Lines) -> None:
    operator.get("/requests/%0A2026-01-01%20ERROR%20forged")

    assert all("\n" not in line for line in lines.plain)
    (line,) = lines.of("gatekeeper.access")
    assert line["path"] == "/requests/%0A2026-01-01%20ERROR%20forged"


@pytest.mark.django_db
def test_a_readyz_that_says_no_is_no_error_of_the_log(anonymous: Api, lines: Lines) -> None:
    assert anonymous.get("/readyz").status_code == 503

    assert [line["logger"] for line in lines.json] == ["gatekeeper.access"]
    assert lines.json[0]["status"] == 503
