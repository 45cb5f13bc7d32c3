"""What lists are narrowed by (contract: http.md, Lists)."""

import re
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from records_app.models import FunctionRecord, ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import (
    Api,
    assert_faults,
    ids_of,
    instantiated,
    many_requests,
    onboarded_function,
    run_to_end,
    submitted,
)

pytestmark = pytest.mark.django_db


# Filters


def test_several_values_of_a_filter_mean_or_and_several_filters_and(operator: Api) -> None:
    many_requests(4, status=lambda index: ["NEW", "READY", "ERROR", "ERROR"][index])

    def count(query: str) -> str:
        total: str = operator.get(f"/requests?{query}")["Record-Count"]
        return total

    assert count("status=NEW") == "1"
    assert count("status=NEW&status=ERROR") == "3"
    assert count("status=NEW&status=ERROR&request_type=UPDATE") == "0"
    assert count("status=NEW&request_type=UPDATE&request_type=CREATE") == "1"
    assert count("state=ERROR&state=SUCCEEDED") == "3"
    assert count("state=SUCCEEDED&status=NEW") == "0"


def test_requests_are_found_by_service_and_instance(operator: Api, demo: ServiceDescriptor) -> None:
    record = instantiated(demo)
    many_requests(2)
    (request,) = Request.objects.exclude(service_uuid=None)

    for query in (
        f"service_uuid={demo.pk}",
        f"service_uuid={uuid4()}&service_uuid={str(demo.pk).upper()}",
        f"service_instance_uuid={record.pk}",
        f"service_instance_uuid={record.pk}&state=SUCCEEDED",
    ):
        assert ids_of(operator.get(f"/requests?{query}")) == [str(request.pk)], query
    assert operator.get(f"/requests?service_uuid={uuid4()}").json() == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=LOST", "status"),
        ("status=new", "status"),
        ("status=NEW,READY", "status"),
        ("state=READY", "state"),
        ("request_type=DELETE", "request_type"),
        ("service_uuid=x", "service_uuid"),
        ("service_uuid=95e9b668572649988ed4d8d7e7fd2225", "service_uuid"),
        ("service_instance_uuid=%00", "service_instance_uuid"),
        ("created_at=yesterday", "created_at"),
        ("created_at__gte=2017-13-01", "created_at__gte"),
        ("created_at__lt=1505482564", "created_at__lt"),
        ("updated_at__gt=9999-12-31T23:59:59-01:00", "updated_at__gt"),
        ("updated_at__lte=0001-01-01T00:00:00%2B01:00", "updated_at__lte"),
        ("created_at__ne=2017-09-15", "created_at__ne"),
        ("status__in=NEW", "status__in"),
    ],
)
def test_a_filter_that_makes_no_sense_is_a_400_that_names_it(
    operator: Api, query: str, field: str
) -> None:
    assert_faults(operator.get(f"/requests?{query}"), field)


# Times


def test_times_are_printed_in_utc_cut_to_milliseconds(
    operator: Api, demo: ServiceDescriptor
) -> None:
    request = run_to_end(submitted(demo))
    printed = operator.get(f"/requests/{request.pk}").json()
    event = operator.get(f"/requests/{request.pk}/events").json()[0]
    descriptor = operator.get(f"/services/{demo.pk}").json()
    record = operator.get(f"/records/services/{request.service_instance_uuid}").json()
    function = operator.get("/records/functions").json()[0]

    with_z = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    for text in (
        *(printed[name] for name in ("began_at", "created_at", "updated_at")),
        event["at"],
        *(descriptor[name] for name in ("created_at", "updated_at")),
    ):
        assert with_z.fullmatch(text), text
    with_offset = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
    for row in (record, function):
        assert with_offset.fullmatch(row["created_at"])
        assert with_offset.fullmatch(row["updated_at"])
    assert printed["began_at"] <= printed["created_at"] <= printed["updated_at"]
    request.refresh_from_db()
    assert request.created_at.microsecond % 1000 == 0


@pytest.mark.parametrize("path", ["/requests", "/records/services", "/records/functions"])
@pytest.mark.parametrize("field", ["created_at", "updated_at"])
def test_a_printed_time_can_be_filtered_by(
    operator: Api, demo: ServiceDescriptor, path: str, field: str
) -> None:
    instantiated(demo)
    total = len(operator.get(path).json())
    printed = operator.get(path).json()[0][field]
    escaped = urlencode({"x": printed}).removeprefix("x=")

    def count(lookup: str, value: str = escaped) -> int:
        return int(operator.get(f"{path}?{field}{lookup}={value}")["Record-Count"])

    assert count("") == count("__gte") == count("__lte") == total > 0
    assert count("__gt") == count("__lt") == 0
    # A client that forgets to escape the + is understood.
    assert count("", printed) == total
    # So is another offset, and none.
    moment = datetime.fromisoformat(printed).astimezone(timezone(timedelta(hours=5)))
    assert count("", urlencode({"x": moment.isoformat()}).removeprefix("x=")) == total
    assert count("", printed.removesuffix("Z").removesuffix("+00:00")) == total


def test_several_bounds_of_a_time_mean_or(operator: Api) -> None:
    rows = many_requests(3)
    early, late = (row.created_at.isoformat() for row in (rows[0], rows[2]))

    query = urlencode([("created_at__gt", early), ("created_at__gt", late)])
    assert operator.get(f"/requests?{query}")["Record-Count"] == "2"
    query = urlencode([("created_at", early), ("created_at", late)])
    assert operator.get(f"/requests?{query}")["Record-Count"] == "2"


# Records


def test_records_are_found_by_status_descriptor_and_function(
    operator: Api, demo: ServiceDescriptor
) -> None:
    record = instantiated(demo)
    instantiated(demo)
    function = record.functions.first()
    assert function is not None

    def count(path: str) -> str:
        total: str = operator.get(path)["Record-Count"]
        return total

    services, functions = "/records/services", "/records/functions"
    assert count(f"{services}?status=normal operation") == "2"
    assert count(f"{services}?status=terminated&status=failed") == "0"
    assert count(f"{services}?descriptor_reference={demo.pk}") == "2"
    assert count(f"{services}?vnfr_id={function.pk}") == "1"
    both = "&".join(f"vnfr_id={row.pk}" for row in record.functions.all())
    assert count(f"{services}?{both}") == "1"
    assert len(operator.get(f"{services}?{both}").json()) == 1
    assert count(f"{functions}?descriptor_reference={function.descriptor_id}") == "2"
    assert count(f"{functions}?status=normal operation") == str(FunctionRecord.objects.count())
    assert_faults(operator.get(f"{services}?status=normal"), "status")
    assert_faults(operator.get(f"{functions}?vnfr_id={function.pk}"), "vnfr_id")


# Descriptors


def test_descriptors_are_found_by_vendor_name_and_version(operator: Api) -> None:
    for name, version in (("a", "1.0"), ("a", "1.1"), ("b", "1.0")):
        onboarded_function(name=name, version=version)

    def names(query: str) -> list[str]:
        rows = operator.get(f"/functions?{query}").json()
        return sorted(f"{row['vnfd']['name']} {row['vnfd']['version']}" for row in rows)

    assert names("") == ["a 1.0", "a 1.1", "b 1.0"]
    assert names("name=a") == ["a 1.0", "a 1.1"]
    assert names("name=a&version=1.0") == ["a 1.0"]
    assert names("name=a&name=b&version=1.0") == ["a 1.0", "b 1.0"]
    assert names("vendor=example&version=1.1") == ["a 1.1"]
    assert names("vendor=nobody") == []
    assert_faults(operator.get("/functions?name=%00"), "name")


def test_a_number_that_no_column_holds_is_called_too_long(admin: Api) -> None:
    faults = assert_faults(admin.get(f"/v2.0/gateways?vlan_id={2**63}"), "vlan_id")

    assert faults["vlan_id"] == (
        "'9223372036854775808' is not a whole number of at most 18 digits."
    )
