from typing import Literal

ListAuditEntriesOrdering = Literal["-at", "-id", "at", "id"]

LIST_AUDIT_ENTRIES_ORDERING_VALUES: set[ListAuditEntriesOrdering] = {
    "-at",
    "-id",
    "at",
    "id",
}


def check_list_audit_entries_ordering(value: str) -> ListAuditEntriesOrdering:
    if value in LIST_AUDIT_ENTRIES_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_AUDIT_ENTRIES_ORDERING_VALUES!r}"
    )
