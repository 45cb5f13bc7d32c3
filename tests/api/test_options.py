"""OPTIONS: which bodies a path's own methods take, of what there is."""

from uuid import uuid4

import pytest

from records_app.models import ServiceDescriptor
from tests.fixtures import Api, assert_problem, instantiated, submitted

pytestmark = pytest.mark.django_db


def taken(api: Api, path: str) -> dict[str, set[str]]:
    """Return the members that each method of a path takes."""
    response = api.send("OPTIONS", path)
    assert response.status_code == 200, response.content
    actions = response.json().get("actions", {})
    return {method: set(members) for method, members in actions.items()}


def test_an_action_tells_what_it_takes_itself(operator: Api, demo: ServiceDescriptor) -> None:
    request, record = submitted(demo), instantiated(demo)
    path = f"/requests/{request.pk}"

    for action in ("cancel", "retry", "clean-up"):
        assert taken(operator, f"{path}/{action}") == {"POST": set()}
    assert taken(operator, f"{path}/give-up") == {"POST": {"reason"}}
    assert taken(operator, f"{path}/case") == {"PATCH": {"state", "assignee", "resolution", "note"}}
    for action in ("sync", "sync/adopt"):
        assert taken(operator, f"/records/services/{record.pk}/{action}") == {"POST": set()}
    assert taken(operator, f"/records/services/{record.pk}")["PUT"] >= {"nsd_id", "latest_nsd_id"}
    assert taken(operator, "/requests")["POST"] >= {"service_uuid", "callback"}
    assert taken(operator, path) == {}


def test_who_may_not_is_told_of_no_body(viewer: Api, operator: Api) -> None:
    assert taken(viewer, "/requests") == {}
    assert taken(operator, "/mano") == {}


@pytest.mark.parametrize(
    "path",
    [
        "/requests/{}",
        "/requests/{}/cancel",
        "/requests/{}/give-up",
        "/requests/{}/case",
        "/records/services/{}/sync",
        "/records/services/{}/sync/adopt",
        "/services/{}",
        "/v2.0/gateways/{}",
    ],
)
def test_what_there_is_not_is_a_404(operator: Api, path: str) -> None:
    for name in (uuid4(), "no-uuid"):
        assert_problem(operator.send("OPTIONS", path.format(name)), 404, "not_found")
