"""`fields`: of every list and every single object as many members as are asked for."""

from typing import Any

import pytest

from tests.contract.objects import Objects
from tests.fixtures import Api, assert_faults, new_api

pytestmark = pytest.mark.django_db

# Each resource, and the envelope of one object where it has one.
RESOURCES = {
    "/requests": "",
    "/services": "",
    "/functions": "",
    "/records/services": "",
    "/records/functions": "",
    "/tokens": "",
    "/v2.0/ha_routers": "ha_router",
    "/v2.0/ha_interfaces": "ha_interface",
    "/v2.0/gateways": "gateway",
}


def unwrapped(response: Any, envelope: str) -> dict[str, Any]:
    body = response.json()
    if envelope:
        assert list(body) == [envelope]
        body = body[envelope]
    printed: dict[str, Any] = body
    return printed


def test_one_object_and_a_list_have_the_fields_asked_for() -> None:
    objects = Objects()
    admin = new_api()
    for collection, envelope in RESOURCES.items():
        path = f"{collection}/{objects.id_in('GET', f'{collection}/')}"
        whole = unwrapped(admin.get(path), envelope)
        names = list(whole)[-1], next(iter(whole))

        response = admin.get(f"{path}?fields={','.join(names)}")

        # Given in the order asked for, and of the object as a whole the tag
        assert list(unwrapped(response, envelope).items()) == [(n, whole[n]) for n in names]
        assert response["ETag"] == admin.get(path)["ETag"]
        head = admin.head(f"{path}?fields={names[0]}")
        assert (head.status_code, head.content) == (200, b"")
        unchanged = admin.get(
            f"{path}?fields={names[0]}", headers={"If-None-Match": response["ETag"]}
        )
        assert unchanged.status_code == 304
        rows = admin.get(f"{collection}?fields={names[0]}").json()
        rows = next(iter(rows.values())) if envelope else rows
        assert {tuple(row) for row in rows} == {names[:1]}


def test_what_is_no_field_of_an_object_is_a_400_that_names_it() -> None:
    objects = Objects()
    admin = new_api()
    for collection in RESOURCES:
        path = f"{collection}/{objects.id_in('GET', f'{collection}/')}"
        for query in ("fields=colour", "fields=,", "fields=id&fields=uuid", "fields=%00"):
            assert_faults(admin.get(f"{path}?{query}"), "fields")
        # A script's unset variable must not select everything.
        for each in (path, collection):
            faults = assert_faults(admin.get(f"{each}?fields="), "fields")
            assert faults["fields"].startswith("Name one of: ")
            assert faults["fields"].endswith("; without the parameter, all are given.")
        assert_faults(admin.get(f"{path}?fields=colour&limit=1"), "fields", "limit")


def test_a_change_takes_no_fields(operator: Api) -> None:
    objects = Objects()
    assert_faults(
        operator.send("PUT", f"/v2.0/ha_routers/{objects.router.pk}?fields=id", {}), "fields"
    )


def test_the_schema_says_so(anonymous: Api) -> None:
    paths = anonymous.get("/schema").json()["paths"]
    for collection in RESOURCES:
        key = next(path for path in paths if path.startswith(f"{collection}/{{"))
        names = [parameter["name"] for parameter in paths[key]["get"]["parameters"]]
        assert "fields" in names, key
