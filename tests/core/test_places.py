"""Where in a text what a fault names stands."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.core.documents.places import lines_of

YAML = """\
name: branch
functions:
  - id: a
    points: [x, y]
  - id: b
shared: &shared
  size: 1
again: *shared
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("name", 1),
        ("functions[0]", 3),
        ("functions[0].points[1]", 4),
        ("functions[1].id", 5),
        ("functions[1].vendor", 5),
        ("functions[7].id", 2),
        ("shared.size", 7),
        ("again.size", 8),
    ],
)
def test_a_path_has_the_line_on_which_it_stands_or_what_lacks_it(path: str, line: int) -> None:
    assert lines_of(YAML, [path]) == {path: line}


def test_json_has_lines_too_and_what_is_no_text_of_either_has_none() -> None:
    assert lines_of('{\n  "a": [\n    1,\n    {"b": 2}\n  ]\n}', ["a[1].b"]) == {"a[1].b": 4}
    assert lines_of("{", ["a"]) == {}
    assert lines_of("", ["a"]) == {}
    assert lines_of("7", ["a"]) == {"a": 1}


names = st.text("abcde", min_size=1, max_size=3)
documents = st.recursive(
    st.integers(0, 9) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@given(documents)
def test_every_member_of_any_document_is_found(document: Any) -> None:
    text = json.dumps({"all": document}, indent=1)
    paths = []

    def walk(value: Any, path: str) -> None:
        paths.append(path)
        children = (
            [(f"{path}.{key}", each) for key, each in value.items()]
            if isinstance(value, dict)
            else [(f"{path}[{index}]", each) for index, each in enumerate(value)]
            if isinstance(value, list)
            else []
        )
        for child, each in children:
            walk(each, child)

    walk(document, "all")

    lines = lines_of(text, paths)

    assert set(lines) == set(paths)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
    assert yaml.safe_load(text) == {"all": document}


def test_an_alias_that_unfolds_a_million_times_is_walked_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefghijklmnopqrs", "bcdefghijklmnopqrst", strict=True)
    )

    assert lines_of(bomb, ["t[0][0][0]"]) == {"t[0][0][0]": 19}
