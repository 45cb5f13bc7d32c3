"""docs/architecture.md names only what there is."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.module_loading import import_string

from tests.processes import PROJECT

PAGE = (PROJECT / "docs/architecture.md").read_text()
FUNCTION = re.compile(r"\b(?:gatekeeper_site|records_app|requests_app|ha_app)(?:\.\w+){2,}")
NAMES = sorted(set(FUNCTION.findall(PAGE)))


WALKS = PAGE.split("## Five walks")[1].split("\n## ")[0]
# A function in a walk, and what is said of how it is called where its caller does not name it.
LINE = re.compile(r"(?P<indent> *)(?P<name>[\w.]+)(?P<given> +\S.*)?")


def named(name: str) -> Any:
    """Return the function of a name, or a class's method."""
    module, attribute = name.rsplit(".", 1)
    if module.rsplit(".", 1)[1][0].isupper():
        return getattr(import_string(module), attribute)
    return import_string(name)


def calls() -> Iterator[tuple[str, str]]:
    """Yield the caller and the called of each call that a caller makes by name."""
    for walk in re.findall(r"```\n(.*?)```", WALKS, re.DOTALL):
        above: list[str] = []
        for line in walk.splitlines():
            match = LINE.fullmatch(line)
            assert match, line
            del above[len(match["indent"]) // 2 :]
            if above and not match["given"]:
                yield above[-1], match["name"]
            above.append(match["name"])


def test_the_page_has_five_walks() -> None:
    assert WALKS.count("\n### ") == 5
    assert len(NAMES) > 40


@pytest.mark.parametrize("name", NAMES)
def test_each_function_of_the_page_is_there(name: str) -> None:
    assert callable(named(name))


def test_each_function_of_a_walk_calls_those_below_it() -> None:
    found = list(calls())

    assert [
        f"{caller} does not name {called}"
        for caller, called in found
        if not re.search(rf"\b{called.rsplit('.', 1)[1]}\b", inspect.getsource(named(caller)))
    ] == []
    assert len(found) > 30
