"""Where two values of JSON differ."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.core.differences import Difference, differences

ANYTHING: Any = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("id", "a", "b")), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_the_innermost_differences_are_told_with_their_places() -> None:
    before = {"status": "A", "units": [{"id": "one", "cpu": 1}, {"id": "two"}], "gone": [1]}
    after = {"status": "B", "units": [{"id": "two"}, {"id": "one", "cpu": 2}], "new": {"x": None}}

    assert list(differences(before, after)) == [
        Difference(["status"], "A", "B"),
        # Known by its id, wherever it stands
        Difference(["units", 0, "cpu"], 1, 2),
        Difference(["gone"], [1], None),
        Difference(["new"], None, {"x": None}),
    ]


@given(ANYTHING)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(differences(value, value)) == []


@given(ANYTHING, ANYTHING)
def test_what_is_told_differs_and_lies_where_it_is_told_to(before: Any, after: Any) -> None:
    for path, was, now in differences(before, after):
        assert was != now
        # In a list of what is after, the order is that of what was before.
        if all(isinstance(step, str) for step in path):
            for step in path:
                before = before.get(step) if isinstance(before, dict) else None
            assert before == was
            return
