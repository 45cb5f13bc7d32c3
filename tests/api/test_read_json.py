"""What PostgreSQL has printed as JSON is read as the standard library reads it."""

import json
from typing import Any

import pytest

from gatekeeper_site.api.hot_reads.sql import read_json


@pytest.mark.parametrize(
    "value",
    [
        [],
        2**70,
        {"a": -(2**64)},
        [10**19, -(2**63) - 1],
        {"a": {"b": [1, 2**65]}},
        ["0" * 40, "x 12345678901234567890", 1.5],
        {"é\U0001f600\u2028": 'a "b" \\ \n', "0" * 19: None},
    ],
)
@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_no_number_becomes_another(value: Any, separators: tuple[str, str]) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=separators)

    found = read_json(text)

    assert json.dumps(found) == json.dumps(value)
