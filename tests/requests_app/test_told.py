"""What a MANO's message says, as people read it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from requests_app.admin.told import facts_of

ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("id", "status", "error", "nsr", "vnfrs", "operation", "interface"),
                    *("address", "timestamp"),
                )
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


def test_a_success_is_told_with_its_records_and_addresses() -> None:
    point = {"id": "eth0", "interface": {"address": "10.0.0.7"}}
    unit = {"id": "vdu01", "vnfc_instance": [{"connection_points": [point, "odd"]}, None]}
    message = {
        "status": "READY",
        "error": None,
        "nsr": {"id": "one", "status": "normal operation"},
        "vnfrs": [{"id": "two", "virtual_deployment_units": [unit]}, 5],
    }

    assert facts_of(message) == [
        ("status", "READY"),
        ("service record", "one, normal operation"),
        ("function records", "two; 5"),
        ("addresses", "vdu01:eth0 10.0.0.7"),
    ]


def test_a_structured_error_is_told_by_its_innermost_message() -> None:
    error = {"http_code": 500, "message": "nsr: {'error': 'Mongo is away'}"}

    assert facts_of({"status": "ERROR", "error": error}) == [
        ("status", "ERROR"),
        ("error", "nsr: Mongo is away (500)"),
    ]


def test_a_timestamp_is_told_as_a_time_with_its_zone() -> None:
    for value, told in (
        (1505482564.8, "2017-09-15 13:36:04 UTC"),
        (1505482564800, "1505482564800"),
        (True, "true"),
        ("soon", "soon"),
    ):
        assert facts_of({"timestamp": value}) == [("timestamp", told)]


def test_an_operation_of_osm_is_told() -> None:
    operation = {"operationState": "FAILED", "stage": "", "errorMessage": "no room", "other": 1}

    assert facts_of({"operation": operation}) == [
        ("operationState", "FAILED"),
        ("errorMessage", "no room"),
    ]


@given(ANYTHING)
def test_any_message_is_told_in_lines(message: Any) -> None:
    for name, text in facts_of(message):
        assert isinstance(text, str) and name
        assert len(text) < 10_000
