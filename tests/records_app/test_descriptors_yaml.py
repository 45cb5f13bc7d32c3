"""YAML as a body of /services and /functions, and whatever else comes (contract: http.md)."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records_app.models import FunctionDescriptor
from tests.fixtures import (
    Api,
    assert_faults,
    assert_problem,
    rolled_back,
    vnfd,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "# nothing",
        "just text",
        "- a list",
        "a: [",
        "a: b: c",
        "a: 1\na: 2",
        "x: {a: 1, a: 2}",
        "x: {a: 1, 'a': 2}",
        "1: a number for a key",
        "true: a boolean for a key",
        "null: nothing for a key",
        "1.5: a float for a key",
        "? [a]\n: a list for a key",
        "? {a: 1}\n: an object for a key",
        "x: {1: a}",
        f"0x{'f' * 6000}: a",
        "a: 1\n---\nb: 2",
        "a: .nan",
        "a: .inf",
        "a: -.inf",
        "a: 1e999",
        "a: 18446744073709551616",
        f"a: {'9' * 5000}",
        f"a: 0x{'f' * 6000}",
        "a: 0x_",
        f"a: 1{':59' * 300_000}",
        f"a: 1{':59' * 300}.5",
        'a: "\\0"',
        'a: "\\uD800"',
        '"\\0": a',
        "a: \x01",
        "a: *nowhere",
        "a: &a [*a]",
        "&a a: *a\nb: {<<: *a}",
        "<<: 1\n<<: 2",
        "=: =",
        "a: !!python/object/apply:os.system [echo]",
        "a: !!python/name:os.system",
        "a: !!python/tuple [1]",
        "a: !mine 1",
        "!<tag:yaml.org,2002:python/object:object> {}",
        "a: !!binary aGVsbG8=",
        "a: !!set {b, c}",
        "a: !!omap [{b: 1}]",
        "a: !!pairs [{b: 1}]",
        "a: !!timestamp 2017-09-15",
        "a: !!timestamp never",
        'a: !!int ""',
        "a: !!int one",
        'a: !!float ""',
        "a: !!bool maybe",
        "a: !!map [1]",
        "a: !!str {b: 1}",
        "%YAML 9.9\n---\na: 1",
        "%TAG ! tag:example.org,2017:\n---\na: !b 1",
        "@",
        "`",
        "\t",
        "{" * 100_000,
        "[" * 70 + "]" * 70,
        "- " * 100_000,
        "? " * 100_000,
        "a:\n" + "".join(f"{' ' * depth}b:\n" for depth in range(1, 70)),
    ],
    ids=lambda text: repr(text[:40]),
)
@pytest.mark.parametrize("path", ["/functions", "/services"])
def test_yaml_that_is_no_descriptor_is_a_400(operator: Api, path: str, text: str) -> None:
    assert_problem(operator.post(path, text.encode()), 400, "validation_error")


def test_aliases_are_unfolded_but_not_without_end(operator: Api) -> None:
    text = yaml.safe_dump(vnfd())
    assert operator.post(
        "/functions", f"{text}\nx: &x {{a: 1}}\ny: *x\nz: {{<<: *x, b: 2}}\n".encode()
    ).json()["vnfd"] == vnfd(x={"a": 1}, y={"a": 1}, z={"<<": {"a": 1}, "b": 2})

    # Nine times nine times …: of some hundred bytes, gigabytes.
    bomb = "x0: &x0 [lol]\n" + "".join(
        f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 9)}]\n" for level in range(1, 10)
    )
    merged = "x0: &x0 {a: 1}\n" + "".join(
        f"x{level}: &x{level} {{<<: [{', '.join([f'*x{level - 1}'] * 9)}]}}\n"
        for level in range(1, 10)
    )
    problem = assert_problem(operator.post("/functions", bomb.encode()), 413, "body_too_large")
    assert problem["detail"] == "The body unfolds to more than 1048576 bytes of JSON."
    assert_problem(operator.post("/functions", merged.encode()), 413, "body_too_large")
    assert FunctionDescriptor.objects.count() == 1


def test_the_letters_of_what_aliases_name_count(operator: Api) -> None:
    # 106 kB that were stored as 200 MB.
    letters = yaml.safe_dump(vnfd()) + "description: &d " + "d" * 100_000 + "\n"
    text = f"{letters}x: [{', '.join(['*d'] * 2000)}]\n"

    assert_problem(operator.post("/functions", text.encode()), 413, "body_too_large")
    assert not FunctionDescriptor.objects.exists()

    text = f"{letters}x: [{', '.join(['*d'] * 9)}]\n"
    assert operator.post("/functions", text.encode()).status_code == 201


def test_a_file_without_its_line_ends_is_told_how_to_be_sent(operator: Api) -> None:
    stripped = yaml.safe_dump(vnfd()).replace("\n", "")

    problem = assert_problem(
        operator.post("/functions", stripped.encode()), 400, "validation_error"
    )

    assert problem["detail"].endswith(
        "If curl sent it by -d @file, which strips line ends: --data-binary @file keeps them."
    )


def test_what_looks_like_text_stays_as_it_is_written(operator: Api) -> None:
    text = yaml.safe_dump(vnfd()) + (
        "x: {mac: 52:54:00:12:34:56, country: NO, at: 12:30:45, mode: 0755, on: off}\n"
    )

    printed = operator.post("/functions", text.encode()).json()

    assert printed["vnfd"]["x"] == {
        "mac": "52:54:00:12:34:56",
        "country": "NO",
        "at": "12:30:45",
        "mode": "0755",
        "on": "off",
    }


def test_faults_of_yaml_have_their_places_in_words_of_ours(operator: Api) -> None:
    text = (
        "cloudnative_deployment_units:\n"
        "- id: cdu01\n"
        "  connection_points: [{port: 8080, publish: {80: 8080}}]\n"
        "  id: cdu02\n"
        "x: !!set {b, c}\n"
        "y: [.nan, !!timestamp foo, 123456789012345678901234567890]\n"
    )
    unit = "cloudnative_deployment_units[0]"
    places = (f"{unit}.connection_points[0].publish.80", f"{unit}.id", "x", "y[0]", "y[1]", "y[2]")

    assert assert_faults(operator.post("/functions", text.encode()), *places) == {
        places[0]: 'A key must be a string: write "80" in quotes.',
        places[1]: "This key stands twice in one object.",
        "x": "The tag !!set has no meaning here: leave it out.",
        "y[0]": "Neither NaN nor infinity is a number in JSON.",
        "y[1]": "The tag !!timestamp has no meaning here: leave it out.",
        "y[2]": "An integer has at most 64 bits.",
    }


def test_dates_in_yaml_stay_the_text_they_are(operator: Api) -> None:
    body = yaml.safe_dump(vnfd()) + "released: 2017-09-15\nat: 2017-09-15 13:36:04\n"

    printed = operator.post("/functions", body.encode()).json()

    assert printed["vnfd"]["released"] == "2017-09-15"
    assert printed["vnfd"]["at"] == "2017-09-15 13:36:04"


def test_a_version_that_yaml_takes_for_a_number_is_named(operator: Api) -> None:
    body = yaml.safe_dump(vnfd()).replace("version: '1.0'", "version: 1.0")

    faults = assert_faults(operator.post("/functions", body.encode()), "version")

    assert faults["version"].endswith("put it in quotes")


def test_json_is_read_as_json_and_not_as_yaml(operator: Api) -> None:
    # YAML has neither of these: a tab for a space, an escaped slash in a plain style.
    body = json.dumps(vnfd(link="a/b")).replace("a/b", "a\\/b").replace(": ", ":\t")

    assert operator.post("/functions", body.encode()).json()["vnfd"] == vnfd(link="a/b")


def test_keys_that_stand_twice_among_many_are_found_at_once(operator: Api) -> None:
    keys = [f"k{number}" for number in range(30_000)] + ["z", "z"]

    # Looked for in the square of their number, these would take long.
    as_json = "{" + ",".join(f'"{key}":1' for key in keys) + "}"
    as_yaml = "\n".join(f"{key}: 1" for key in keys)

    for body in (as_json, as_yaml):
        assert_faults(operator.post("/functions", body.encode()), "z")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda children: (
        st.lists(children, max_size=5)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")), children, max_size=5
        )
    ),
    max_leaves=20,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=json_values)
def test_whatever_json_a_descriptor_holds_is_printed_as_given(operator: Api, value: Any) -> None:
    with rolled_back():
        response = operator.post("/functions", vnfd(x=value))
        assert response.status_code == 201, response.content
        printed = operator.get(response["Location"]).content

    # PostgreSQL writes 1e16 as 10000000000000000: to JSON the same number.
    assert json.loads(printed, parse_int=float)["vnfd"]["x"] == json.loads(
        json.dumps(value), parse_int=float
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(
        st.sampled_from("a1: \n-[]{}&*!|>%?'\",#~<=.\t_x0") | st.characters(codec="utf-8"),
        max_size=60,
    )
)
def test_no_yaml_breaks_the_server(
    operator: Api, row_counts: Callable[[], dict[str, int]], text: str
) -> None:
    before = row_counts()

    assert_problem(operator.post("/functions", text.encode()), 400, "validation_error")

    assert row_counts() == before


def test_ids_that_descriptors_name_are_their_own(operator: Api) -> None:
    wanted = str(uuid4())

    printed = operator.post("/functions", vnfd(uuid=wanted)).json()

    assert printed["uuid"] != wanted
