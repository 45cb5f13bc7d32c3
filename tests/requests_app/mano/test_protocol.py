"""What messages of a MANO mean, how they are kept, and how their errors read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.mano.protocol import UnusableAnswer, error_text, read_answer

TYPES = ("CREATE", "UPDATE", "TERMINATE")
MONGO = {"error": {"code": 500, "message": "Mongo is away"}}
# Without what Python's or JSON's notation could be taken for.
WORDS = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8})?", fullmatch=True)
SCALARS = WORDS | st.integers(0, 999) | st.booleans() | st.none()
STRUCTURES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["message", "error", "code", "http_code", "nsr"]) | WORDS,
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("request_type", TYPES)
@pytest.mark.parametrize("status", ["ERROR", "Failed"])
def test_both_words_for_a_failure_fail_every_kind_of_request(
    request_type: str, status: str
) -> None:
    error = "Host IP address does not exist in the VNFR"

    answer = read_answer({"status": status, "error": error}, request_type)

    assert (answer.kind, answer.error) == ("failed", error)


@pytest.mark.parametrize("request_type", TYPES)
@pytest.mark.parametrize("status", ["failed", "FAILED", "error", "ready", ["Failed"], None, 7])
def test_words_that_the_mano_does_not_say_mean_nothing(request_type: str, status: Any) -> None:
    with pytest.raises(UnusableAnswer):
        read_answer({"status": status}, request_type)


@pytest.mark.parametrize(
    "nsr",
    [None, {}, {"status": None}, {"status": "terminated"}, "gone", [], {"id": "x", "version": 1}],
)
def test_a_terminate_succeeds_unless_the_instance_is_said_to_run(nsr: Any) -> None:
    assert read_answer({"status": "READY", "nsr": nsr}, "TERMINATE").kind == "succeeded"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("normal operation", "'normal operation'"),
        ("offline", "'offline'"),
        ("Terminated", "'Terminated'"),
        ("", "''"),
        ({"is": "odd"}, '{"is": "odd"}'),
    ],
)
def test_a_terminate_that_leaves_the_instance_running_has_failed(status: Any, text: str) -> None:
    answer = read_answer({"status": "READY", "nsr": {"status": status}}, "TERMINATE")

    assert answer.kind == "failed"
    assert answer.error == (
        f"The MANO answered READY, but the status of the instance is {text}, not 'terminated'."
    )


@pytest.mark.parametrize("request_type", ["CREATE", "UPDATE"])
def test_what_an_instance_is_after_another_order_is_not_for_us_to_judge(request_type: str) -> None:
    message = {"status": "READY", "nsr": {"status": "offline"}}

    assert read_answer(message, request_type).kind == "succeeded"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("No resources", "No resources"),
        ("Quota of {project} exceeded [2]", "Quota of {project} exceeded [2]"),
        ("{not: closed", "{not: closed"),
        ({"http_code": 500, "message": "No resources"}, "No resources (500)"),
        ({"http_code": "0", "message": "Timeout"}, "Timeout (0)"),
        ({"message": "No resources"}, "No resources"),
        (MONGO, "Mongo is away (500)"),
        # The code nearest to the message is the message's.
        ({"http_code": 502, "message": MONGO}, "Mongo is away (500)"),
        ({"http_code": 502, "message": {"error": "Mongo is away"}}, "Mongo is away (502)"),
        ({"nsr": MONGO}, "nsr: Mongo is away (500)"),
        ({"message": {"nsr": {"message": "away"}}, "code": 500}, "nsr: away (500)"),
        # What a MANO that is written in Python makes a text of, or JSON.
        (f"nsr: {MONGO}", "nsr: Mongo is away (500)"),
        (f"nsr: {json.dumps(MONGO)}", "nsr: Mongo is away (500)"),
        ({"http_code": 500, "message": str({"error": {"message": "Mongo is away"}})},
         "Mongo is away (500)"),
        ("nsr: {'disk': 'full', 'left': None}", "nsr: disk: full"),
        ("['disk full', {'code': 1, 'message': 'lost'}]", "disk full; lost (1)"),
        ("No room in [1, 2]", "No room in [1, 2]"),
        ("No room in {}", "No room in {}"),
        ({"message": "", "error": "Mongo is away"}, "Mongo is away"),
        ({"vnfr": "lost", "nsr": {"code": 500, "message": "away"}}, "vnfr: lost; nsr: away (500)"),
        (["lost", {"message": "away", "code": 1}], "lost; away (1)"),
        ({"http_code": 500}, "http_code: 500"),
        ({"message": True}, "true"),
        (7, "7"),
        (None, "The MANO gave no reason."),
        ("", "The MANO gave no reason."),
        ({"message": ""}, "The MANO gave no reason."),
        ([[], {}], "The MANO gave no reason."),
        ("a\0b\ud800", "a\N{REPLACEMENT CHARACTER}b?"),
        ("nsr: {'message': 'a\\x00b', 'code': 1}", "nsr: a\N{REPLACEMENT CHARACTER}b (1)"),
        ("nsr: {'message': {'a', }, 'x': b'y'}", "nsr: a"),
        ("nsr: {'message': 1j}", "nsr: {'message': 1j}"),
        ("{" * 5_000 + "}" * 5_000, "{" * 5_000 + "}" * 5_000),
    ],
)  # fmt: skip
def test_of_an_error_the_innermost_message_is_shown_with_its_code(error: Any, text: str) -> None:
    assert error_text(error) == text


@given(STRUCTURES)
def test_no_error_is_shown_in_a_programs_notation(error: Any) -> None:
    text = error_text(error)

    assert text
    assert not set(text) & set("{}[]'\"")
    assert "None" not in text and "True" not in text and "False" not in text


@given(STRUCTURES, WORDS)
def test_no_error_that_the_mano_has_made_a_text_of_is_shown_so(error: Any, before: str) -> None:
    for structure in ({"error": error, "code": 500}, {"nsr": error or "away"}, [{"error": error}]):
        for text in (str(structure), json.dumps(structure)):
            shown = error_text(f"{before}: {text}")
            assert shown.startswith(f"{before}: ")
            assert not set(shown) & set("{}[]'\"")
