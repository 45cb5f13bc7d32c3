"""The case of a request in ERROR: whose it is, what was noted, how it has ended."""

from typing import Any

import pytest

from gatekeeper_site.access.models import Role, UserAccess
from gatekeeper_site.audit.models import AuditEntry
from requests_app.models import Request
from requests_app.services import retry_request, set_status
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    caller,
    ids_of,
    many_requests,
    new_api,
    new_user,
)
from tests.requests_app.orders import says

NEW_CASE = {"state": "open", "assignee": None, "resolution": None, "notes": []}


@pytest.fixture
def failed(new_request: Request) -> Request:
    """A request that the MANO has refused."""
    return says(new_request, "ERROR", error="no room")


def path_of_case(request: Request) -> str:
    return f"/requests/{request.pk}/case"


def change(api: Api, request: Request, body: Any, **headers: str) -> Any:
    return api.send("PATCH", path_of_case(request), body, **headers)


def case_of(api: Api, request: Request) -> dict[str, Any]:
    printed: dict[str, Any] = api.get(path_of_case(request)).json()
    return printed


def test_a_request_in_error_has_an_open_case(failed: Request, viewer: Api) -> None:
    assert case_of(viewer, failed) == NEW_CASE


def test_a_request_that_has_not_failed_has_none(new_request: Request, operator: Api) -> None:
    assert_problem(operator.get(path_of_case(new_request)), 404, "not_found")
    assert_problem(change(operator, new_request, {"note": "x"}), 404, "not_found")
    assert not new_request.case_notes.exists()


def test_a_case_is_worked_on(failed: Request, operator: Api) -> None:
    before = operator.get(f"/requests/{failed.pk}")

    assigned = change(operator, failed, {"assignee": "operator", "note": " looked at "})
    closed = change(operator, failed, {"state": "closed", "resolution": "accepted"})

    assert assigned.status_code == closed.status_code == 200
    [note] = assigned.json()["notes"]
    assert (note["by"], note["text"]) == ("operator", "looked at")
    assert note["at"].endswith("Z")
    assert closed.json() == {
        "state": "closed",
        "assignee": "operator",
        "resolution": "accepted",
        "notes": [note],
    }
    assert closed["ETag"] == operator.get(path_of_case(failed))["ETag"]
    entries = AuditEntry.objects.filter(action="change_case").order_by("id")
    assert [(entry.actor, entry.object_id, entry.changes) for entry in entries] == [
        (
            "operator",
            str(failed.pk),
            {"assignee": [None, "operator"], "note": [None, "looked at"]},
        ),
        (
            "operator",
            str(failed.pk),
            {"case_state": ["open", "closed"], "resolution": [None, "accepted"]},
        ),
    ]
    # The request itself is as it was
    assert operator.get(f"/requests/{failed.pk}").content == before.content


def test_a_change_that_changes_nothing_leaves_no_trace(failed: Request, operator: Api) -> None:
    entries = AuditEntry.objects.count()

    for body in ({}, NEW_CASE, {"assignee": None}):
        assert change(operator, failed, body).json() == NEW_CASE

    assert AuditEntry.objects.count() == entries


def test_a_closed_case_is_opened_again(failed: Request, operator: Api) -> None:
    change(operator, failed, {"state": "closed", "resolution": "other", "note": "gone"})
    whole = case_of(operator, failed)

    # As it was printed, with another state
    opened = change(operator, failed, whole | {"state": "open"})

    assert opened.json() == whole | {"state": "open", "resolution": None}


def test_a_closed_case_takes_another_resolution(failed: Request, operator: Api) -> None:
    change(operator, failed, {"state": "closed", "resolution": "other"})

    assert change(operator, failed, {"resolution": "terminated"}).json()["state"] == "closed"
    assert_faults(change(operator, failed, {"resolution": None}), "resolution")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"state": "closed"}, ["resolution"]),
        ({"state": "closed", "resolution": None}, ["resolution"]),
        ({"resolution": "accepted"}, ["resolution"]),
        ({"state": "open", "resolution": "accepted"}, ["resolution"]),
        ({"state": None}, ["state"]),
        ({"state": "ended", "resolution": "accepted"}, ["state"]),
        ({"state": "closed", "resolution": "ignored"}, ["resolution"]),
        ({"assignee": "nobody"}, ["assignee"]),
        ({"assignee": ""}, ["assignee"]),
        ({"note": ""}, ["note"]),
        ({"note": None}, ["note"]),
        ({"note": 7, "assignee": "nobody", "state": "closed"}, ["assignee", "note", "resolution"]),
        ({"notes": [{}]}, ["notes"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_what_makes_no_sense_is_refused_with_every_fault(
    body: Any, fields: list[str], failed: Request, operator: Api
) -> None:
    assert_faults(change(operator, failed, body), *fields)

    assert case_of(operator, failed) == NEW_CASE


def test_a_case_is_given_to_who_sees_the_request(failed: Request, operator: Api) -> None:
    UserAccess.objects.create(user=new_user("vera"), role=Role.VIEWER, tenant_id=TENANT)
    UserAccess.objects.create(user=new_user("olaf"), role=Role.OPERATOR, tenant_id=OTHER_TENANT)
    UserAccess.objects.create(user=new_user("adam"), role=Role.ADMIN, tenant_id="")
    new_user("root", is_superuser=True)
    new_user("left", is_superuser=True, is_active=False)
    new_user("plain")
    new_api(Role.ADMIN, user="by token")
    new_api(Role.OPERATOR, OTHER_TENANT, user="by another token")

    names = ("vera", "olaf", "adam", "root", "left", "plain", "by token", "by another token")
    taken = [
        name for name in names if change(operator, failed, {"assignee": name}).status_code == 200
    ]

    assert taken == ["vera", "adam", "root", "by token"]


def test_who_saw_another_case_is_refused(failed: Request, operator: Api) -> None:
    tag = operator.get(path_of_case(failed))["ETag"]
    unmodified = operator.get(path_of_case(failed), headers={"If-None-Match": tag})
    assert (unmodified.status_code, unmodified.content) == (304, b"")
    assert change(operator, failed, {"note": "first"}, **{"If-Match": tag}).status_code == 200

    stale = change(operator, failed, {"note": "second"}, **{"If-Match": tag})

    assert_problem(stale, 412, "precondition_failed")
    assert [note["text"] for note in case_of(operator, failed)["notes"]] == ["first"]


def test_some_fields_of_a_case_are_shown(failed: Request, viewer: Api) -> None:
    response = viewer.get(f"{path_of_case(failed)}?fields=state,notes")

    assert response.json() == {"state": "open", "notes": []}
    assert_faults(viewer.get(f"{path_of_case(failed)}?fields=id"), "fields")


def test_a_retry_closes_the_case(failed: Request, operator: Api) -> None:
    change(operator, failed, {"assignee": "operator"})

    retry = operator.post(f"/requests/{failed.pk}/retry")

    assert retry.json()["error_class"] is None
    assert case_of(operator, failed) == NEW_CASE | {
        "state": "closed",
        "assignee": "operator",
        "resolution": "retried",
    }
    entry = AuditEntry.objects.get(action="retry")
    assert entry.changes == {
        "retried_by": [None, retry.json()["id"]],
        "case_state": ["open", "closed"],
        "resolution": [None, "retried"],
    }


def test_what_leaves_error_has_no_case_and_a_new_one_when_it_fails_again(
    failed: Request, operator: Api
) -> None:
    change(operator, failed, {"state": "closed", "resolution": "other", "assignee": "operator"})
    change(operator, failed, {"note": "kept"})
    set_status(request_id=failed.pk, status="NEW", actor="olivia", reason="again", force=True)

    assert operator.get(path_of_case(failed)).status_code == 404
    row = operator.get(f"/requests/{failed.pk}").json()
    assert (row["error"], row["error_class"]) == (None, None)
    assert ids_of(operator.get("/requests?case_state=closed")) == []
    set_status(request_id=failed.pk, status="ERROR", actor="olivia")
    again = case_of(operator, failed)
    assert again == NEW_CASE | {"notes": again["notes"]}
    assert [note["text"] for note in again["notes"]] == ["kept"]
    assert operator.get(f"/requests/{failed.pk}").json()["error_class"] == "internal"


def test_requests_are_found_by_their_cases(failed: Request, operator: Api) -> None:
    others = many_requests(3, status="ERROR", case_state="open", error_class="silent")
    change(operator, failed, {"assignee": "operator"})
    closed = others[0]
    change(operator, closed, {"state": "closed", "resolution": "accepted"})

    found = {
        query: set(ids_of(operator.get(f"/requests?{query}")))
        for query in (
            "case_state=open",
            "case_state=closed",
            "assignee=operator",
            "assignee=",
            "assignee=operator&assignee=nobody&case_state=open&error_class=refused",
        )
    }

    mine = {str(failed.pk)}
    assert found == {
        "case_state=open": mine | {str(other.pk) for other in others[1:]},
        "case_state=closed": {str(closed.pk)},
        "assignee=operator": mine,
        "assignee=": set(),
        "assignee=operator&assignee=nobody&case_state=open&error_class=refused": mine,
    }
    assert_faults(
        operator.get("/requests?case_state=ajar&error_class="), "case_state", "error_class"
    )


def test_a_retry_that_is_refused_leaves_the_case_open(failed: Request, operator: Api) -> None:
    retry_request(request=failed, caller=caller(), began_at=failed.began_at)
    change(operator, failed, {"state": "open"})

    assert operator.post(f"/requests/{failed.pk}/retry").status_code == 409

    assert case_of(operator, failed)["state"] == "open"
