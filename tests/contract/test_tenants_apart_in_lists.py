"""The scripted attack of `test_tenants_apart.py`, on the lists."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest

from gatekeeper_site.access.models import Role
from tests.contract.attack import LISTS, Theirs, attackers, told
from tests.contract.objects import Objects
from tests.described import schema
from tests.fixtures import (
    OTHER_TENANT,
    Api,
    assert_faults,
    links_of,
    new_api,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("unthrottled", "nothing_of_theirs_changes"),
]


def pages(api: Api, path: str, **parameters: Any) -> Any:
    response = api.get(path, parameters)
    assert response.status_code == 200, response.content
    body = response.json()
    return response, body if isinstance(body, list) else next(iter(body.values()))


def test_no_list_ordering_or_choice_of_fields_shows_theirs(theirs: Theirs, own: Objects) -> None:
    document = schema()
    they = new_api(Role.OPERATOR, OTHER_TENANT, "they")
    for path in LISTS:
        parameters = document["paths"][path]["get"]["parameters"]
        orderings = next(each for each in parameters if each["name"] == "ordering")
        for api in attackers():
            for ordering in orderings["schema"]["enum"]:
                for extra in ({}, {"cursor": ""}, {"limit": 1, "offset": 1}, {"count": "exact"}):
                    response, _ = pages(api, path, ordering=ordering, **extra)
                    assert told(response, theirs) == set(), (path, ordering)
            own_count = pages(api, path)[0]["Record-Count"]
            assert own_count == pages(they, path)[0]["Record-Count"]
            assert_faults(api.get(f"{path}?fields=tenant"), "fields")


def test_no_filter_finds_theirs(theirs: Theirs, own: Objects) -> None:
    api = attackers()[0]
    document = schema()
    they = new_api(Role.OPERATOR, OTHER_TENANT, "they")
    for path in LISTS:
        described = document["paths"][path]["get"]["parameters"]
        parameters = [each["name"] for each in described if each["in"] == "query"]
        row = pages(they, path, limit=1)[1][0]
        row = row | row.get("nsd", row.get("vnfd", {}))
        ids = (theirs.service.pk, theirs.record.pk, theirs.function_record.pk, theirs.router.pk)
        values = {str(each) for each in (*row.values(), *ids, OTHER_TENANT)}
        for name in sorted(set(parameters) - {"limit", "offset", "fields", "count", "cursor"}):
            for value in sorted(value for value in values if len(value) < 100):
                response = api.get(path, {name: value})
                assert response.status_code in (200, 400), (path, name, value)
                assert told(response, theirs, value) == set(), (path, name, value)
                if response.status_code == 200:
                    listed = response.json()
                    listed = listed if isinstance(listed, list) else listed.popitem()[1]
                    assert value not in {each[LISTS[path]] for each in listed}


def test_their_cursor_leads_to_own_rows_alone(theirs: Theirs, own: Objects) -> None:
    they = new_api(Role.OPERATOR, OTHER_TENANT, "they")
    followed = set()
    for path in LISTS:
        for ordering in ("created_at", "-created_at"):
            response, rows = pages(they, path, ordering=ordering, limit=1, cursor="")
            assert len(rows) == 1
            if "next" not in links_of(response):
                continue
            followed.add(path)
            cursor = parse_qs(urlsplit(links_of(response)["next"]).query)["cursor"][0]
            for api in attackers():
                response, rows = pages(api, path, ordering=ordering, cursor=cursor)
                # All of theirs was made before all that is own.
                mine = pages(api, path, ordering=ordering)[1]
                assert rows == (mine if ordering == "created_at" else [])
                assert told(response, theirs) == set()
    assert followed == {
        *("/services", "/functions", "/requests"),
        *("/v2.0/ha_routers", "/v2.0/ha_interfaces"),
    }


def test_a_forged_cursor_is_refused(own: Objects) -> None:
    api = attackers()[0]
    response, _ = pages(api, "/requests", limit=1, cursor="")
    cursor = parse_qs(urlsplit(links_of(response)["next"]).query)["cursor"][0]
    _, _, signature = cursor.partition(":")
    place = ["requests_app.Request", ["-created_at", "-pk"], "2999-01-01", str(uuid4())]
    forged = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().strip("=")

    for wrong in (f"{forged}:{signature}", forged, f"{cursor}x"):
        assert_faults(api.get(f"/requests?{urlencode({'cursor': wrong})}"), "cursor")
