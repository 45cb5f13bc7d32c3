"""docs/architecture.md names only what there is."""

import re

import pytest
from django.utils.module_loading import import_string

from tests.processes import PROJECT

PAGE = (PROJECT / "docs/architecture.md").read_text()
FUNCTION = re.compile(r"\b(?:gatekeeper_site|records_app|requests_app|ha_app)(?:\.\w+){2,}")
NAMES = sorted(set(FUNCTION.findall(PAGE)))


def test_the_page_has_five_walks() -> None:
    walks = PAGE.split("## Five walks")[1].split("\n## ")[0]

    assert walks.count("\n### ") == 5
    assert len(NAMES) > 40


@pytest.mark.parametrize("name", NAMES)
def test_each_function_of_a_walk_is_there(name: str) -> None:
    module, attribute = name.rsplit(".", 1)
    if module.rsplit(".", 1)[1][0].isupper():
        assert callable(getattr(import_string(module), attribute))
    else:
        assert callable(import_string(name))
