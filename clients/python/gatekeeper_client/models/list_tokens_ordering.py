from typing import Literal

ListTokensOrdering = Literal["-created_at", "-id", "created_at", "id"]

LIST_TOKENS_ORDERING_VALUES: set[ListTokensOrdering] = {
    "-created_at",
    "-id",
    "created_at",
    "id",
}


def check_list_tokens_ordering(value: str) -> ListTokensOrdering:
    if value in LIST_TOKENS_ORDERING_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_TOKENS_ORDERING_VALUES!r}")
