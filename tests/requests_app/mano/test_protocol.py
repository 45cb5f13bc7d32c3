"""What messages of a MANO mean, how they are kept, and how their errors read."""

import json
import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.mano.protocol import UnusableAnswer, error_text, plain, read_answer

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
        ({"message": b"\xff"}, "/w=="),
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
    message = {"error": {"message": error or "away", "code": 500}}

    for text in (str(message), json.dumps(message)):
        shown = error_text(f"{before}: {text}")
        assert shown.startswith(f"{before}: ") or shown == "The MANO gave no reason."
        assert not set(shown) & set("{}[]'\"")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (math.nan, ".nan"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (b"\xff\x00", "/wA="),
        (date(2017, 9, 15), "2017-09-15"),
        ({"b", "a"}, ["a", "b"]),
        ((1, 2.5), [1, 2.5]),
        ("a\0b\ud800", "a\N{REPLACEMENT CHARACTER}b?"),
        (2**70, 2**70),
        ({"deep": [{"er": [math.nan, None, True]}]}, {"deep": [{"er": [".nan", None, True]}]}),
        (
            {True: "a", None: "b", 2.5: "c", math.nan: "d", b"k": "e", (1, "a"): "f"},
            {"true": "a", "null": "b", "2.5": "c", ".nan": "d", "aw==": "e", '[1, "a"]': "f"},
        ),
    ],
)  # fmt: skip
def test_what_json_lacks_is_kept_as_its_text(value: Any, kept: Any) -> None:
    assert plain(value) == kept


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.floats(), inner),
        max_leaves=20,
    )
)
def test_whatever_is_kept_is_json_that_a_database_takes(value: Any) -> None:
    text = json.dumps(plain(value), allow_nan=False, ensure_ascii=False)

    assert "\\u0000" not in text
    assert text.encode()
    assert plain(plain(value)) == plain(value)
