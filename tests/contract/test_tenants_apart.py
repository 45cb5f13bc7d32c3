"""A scripted attack: one tenant's callers go for another's objects by every route there is.

To them the objects do not exist (contract: http.md, Who may call): nothing of them is told and
nothing of them changes.
"""

from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from gatekeeper_site.access.models import Role
from tests.contract.attack import LISTS, SAME_IDS, Theirs, attackers, every_id, same_answer, told
from tests.contract.objects import Objects, operations
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    assert_faults,
    assert_problem,
    new_api,
    nsd,
    rolled_back,
)
from tests.ha_app.objects import (
    interface_body,
    made_active,
    new_gateway,
    new_interface,
    router_body,
    vpn_body,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("unthrottled", "nothing_of_theirs_changes"),
]


# Ids in paths


def test_their_ids_in_paths_are_as_unknown_ones(theirs: Theirs, own: Objects) -> None:
    paths = [each for each in operations() if "{" in each[1]]
    paths += product(("HEAD", "OPTIONS"), sorted({path for _, path in paths}))
    headers: list[dict[str, str]] = [
        {},
        {"If-Match": "*"},
        {"If-Match": '"stale"'},
        {"If-None-Match": "*"},
        {"Idempotency-Key": ""},
    ]
    for api in attackers():
        for method, path in paths:
            if path.startswith(("/tokens", "/gohan")):
                continue
            body = own.body(method, path) or b""
            unknown_id = uuid4()
            foreign_id = theirs.id_in(method, path)
            for extra in headers:
                calls = [
                    api.send(
                        method,
                        own.path(method, path, each),
                        body,
                        **SAME_IDS,
                        **{name: value or uuid4().hex for name, value in extra.items()},
                    )
                    for each in (foreign_id, str(unknown_id))
                ]
                assert calls[0].status_code in (403, 404, 405), (method, path)
                assert same_answer(*calls, foreign_id, unknown_id), (method, path, extra)
                assert told(calls[0], theirs, foreign_id) == set(), (method, path)


def test_an_id_of_theirs_is_unknown_to_every_resource(theirs: Theirs, own: Objects) -> None:
    for api in attackers():
        for path in LISTS:
            for foreign_id in every_id(theirs):
                response = api.get(f"{path}/{foreign_id}")
                assert_problem(response, 404, "not_found")
                assert told(response, theirs, foreign_id) == set()


def test_their_etag_does_not_tell_that_an_object_is_there(theirs: Theirs, own: Objects) -> None:
    they = new_api(Role.OPERATOR, OTHER_TENANT, "they")
    for path in LISTS:
        url = theirs.path("GET", f"{path}/{{id}}")
        etag = they.get(url)["ETag"]
        for api in attackers():
            response = api.send("GET", url, **{"If-None-Match": etag})
            assert_problem(response, 404, "not_found")
            assert "ETag" not in response
            for method in ("PUT", "PATCH", "DELETE"):
                response = api.send(method, url, {}, **{"If-Match": etag})
                assert response.status_code in (403, 404, 405)


# References in bodies


def test_their_ids_in_bodies_are_as_unknown_ones(theirs: Theirs, own: Objects) -> None:
    api = attackers()[0]
    update = own.body("PUT", "/records/services/{uuid}")
    orders: list[tuple[str, str, dict[str, Any], str, Any]] = [
        ("POST", "/requests", {}, "service_uuid", theirs.service),
        ("POST", "/requests", {"ingresses": [1]}, "service_uuid", theirs.service),
        *(
            ("POST", "/requests", order, "service_instance_uuid", theirs.record)
            for order in ({"request_type": "TERMINATE"}, update | {"request_type": "UPDATE"})
        ),
        (
            "POST",
            "/requests",
            update | {"request_type": "UPDATE", "service_instance_uuid": str(own.record.pk)},
            "latest_nsd_id",
            theirs.newer_service,
        ),
        (
            "PUT",
            f"/records/services/{own.record.pk}",
            update,
            "latest_nsd_id",
            theirs.newer_service,
        ),
        ("POST", "/v2.0/ha_interfaces", interface_body(own.router), "ha_router_id", theirs.router),
        ("POST", "/v2.0/gateways", {"service_type": "internet"}, "ha_router_id", theirs.router),
        (
            "POST",
            "/v2.0/gateways",
            {"service_type": "internet", "ha_router_id": str(own.router.pk)},
            "downlink_interface_id",
            theirs.downlink,
        ),
        (
            "POST",
            "/v2.0/gateways",
            {"service_type": "internet"},
            "downlink_interface_id",
            theirs.downlink,
        ),
        *(
            ("POST", "/v2.0/gateways", vpn_body(own.downlink, own.uplink), field, foreign)
            for field, foreign in (
                ("downlink_interface_id", theirs.downlink),
                ("uplink_interface_id", theirs.uplink),
                ("ha_router_id", theirs.router),
            )
        ),
    ]
    for method, path, order, field, foreign in orders:
        unknown_id = uuid4()
        there = api.send(method, path, order | {field: str(foreign.pk)}, **SAME_IDS)
        unknown = api.send(method, path, order | {field: str(unknown_id)}, **SAME_IDS)

        assert field in {fault["field"] for fault in there.json()["errors"]}, (path, field)
        assert there.status_code == 400
        assert same_answer(there, unknown, foreign.pk, unknown_id), (path, field)
        assert told(there, theirs, foreign.pk) == set()


def test_an_nsd_id_of_theirs_tells_nothing(theirs: Theirs, own: Objects) -> None:
    api = attackers()[0]
    url, update = f"/records/services/{own.record.pk}", own.body("PUT", "/records/services/{uuid}")
    unknown_id = uuid4()

    there = api.put(url, update | {"nsd_id": str(theirs.service.pk)}, **SAME_IDS)
    unknown = api.put(url, update | {"nsd_id": str(unknown_id)}, **SAME_IDS)

    assert_problem(there, 409, "descriptor_mismatch")
    assert same_answer(there, unknown, theirs.service.pk, unknown_id)


def test_no_tenant_can_be_named_but_the_own(theirs: Theirs, own: Objects) -> None:
    api = attackers()[0]
    gateway = {"service_type": "internet", "ha_router_id": str(own.router.pk)}
    for path, order in (
        ("/v2.0/ha_routers", router_body()),
        ("/v2.0/ha_interfaces", interface_body(own.router)),
        ("/v2.0/gateways", gateway),
    ):
        response = api.post(path, order | {"tenant_id": OTHER_TENANT})
        assert_problem(response, 403, "permission_denied")
        assert told(response, theirs, OTHER_TENANT) == set()

    order = own.body("POST", "/requests")
    assert_faults(api.post("/requests", order | {"tenant_id": OTHER_TENANT}), "tenant_id")
    for method in ("PUT", "PATCH"):
        for path in ("/v2.0/ha_routers", "/v2.0/ha_interfaces", "/v2.0/gateways"):
            url = own.path(method, f"{path}/{{id}}")
            assert_faults(api.send(method, url, {"tenant_id": OTHER_TENANT}), "tenant_id")


def test_a_service_is_not_made_of_their_functions(theirs: Theirs, own: Objects) -> None:
    api = attackers()[0]
    function = {
        "vnf_id": "vnf_1",
        "vnf_vendor": "example",
        "vnf_name": "of theirs alone",
        "vnf_version": "1.0",
    }
    they = new_api(Role.OPERATOR, OTHER_TENANT, "they")
    order = nsd(name="mixed", network_functions=[function])
    with rolled_back():
        unknown = api.post("/services", order, **SAME_IDS)
        document = theirs.unused_function.document | {"name": "of theirs alone"}
        assert they.post("/functions", document).status_code == 201
        there = api.post("/services", order, **SAME_IDS)

        assert_faults(there, "network_functions[0]")
        assert there.content == unknown.content


# Keys


def test_their_idempotency_key_replays_nothing(theirs: Theirs, own: Objects) -> None:
    attacker = attackers()[0]
    with rolled_back():
        # Even of one user: a token's tenant is part of who calls.
        they = new_api(Role.OPERATOR, OTHER_TENANT, "attacker")
        orders: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
            path: (theirs.body("POST", path), own.body("POST", path))
            for path in ("/requests", "/functions", "/v2.0/ha_routers", "/v2.0/gateways")
        }
        for path, (their_order, own_order) in orders.items():
            key = {"Idempotency-Key": f"key of {path}".replace(" ", "-")}
            first = they.send("POST", path, their_order, **key)
            assert first.status_code == 201

            with rolled_back():
                same = attacker.send("POST", path, their_order, **key)
            assert "Idempotent-Replayed" not in same
            assert first["Location"] not in same.content.decode() + str(dict(same.items()))
            with rolled_back():
                key = {"Idempotency-Key": f"another-key-of-{path}"}
                they.send("POST", path, their_order, **key)
                other = attacker.send("POST", path, own_order, **key)
                # Neither replayed nor compared with theirs (422).
                assert other.status_code == 201
                assert "Idempotent-Replayed" not in other


# Messages


def test_a_conflict_with_theirs_names_nothing_of_theirs(theirs: Theirs, own: Objects) -> None:
    api = attackers()[0]
    taken = str(theirs.router.primary_router_id)
    response = api.post("/v2.0/ha_routers", router_body(primary_router_id=taken))
    assert_problem(response, 409, "edge_router_taken")
    assert told(response, theirs, taken) == set()

    taken = str(theirs.downlink.primary_interface_id)
    order = interface_body(own.router, primary_interface_id=taken)
    response = api.post("/v2.0/ha_interfaces", order)
    assert_problem(response, 409, "physical_interface_taken")
    assert told(response, theirs, taken) == set()


def test_a_descriptor_of_their_name_and_version_is_no_conflict(theirs: Theirs) -> None:
    api = attackers()[0]

    assert api.post("/functions", theirs.function.document).status_code == 201
    assert api.post("/services", theirs.service.document).status_code == 201


def test_an_own_interface_on_their_router_opens_nothing_else_of_it(
    theirs: Theirs, own: Objects
) -> None:
    # Only an admin can have made it: then it is the attackers' to use, and shows the router's id.
    api = attackers()[0]
    with rolled_back():
        foothold = new_interface(theirs.router, "uplink", tenant_id=TENANT)
        shown = (theirs.router.pk, foothold.pk)
        order = vpn_body(theirs.downlink, foothold)

        named = api.post("/v2.0/gateways", order)
        assert_faults(named, "downlink_interface_id")
        del order["downlink_interface_id"]
        chosen = api.post("/v2.0/gateways", order)
        assert_problem(chosen, 409, "no_usable_downlink")
        theirs.router.available_gateways = 0
        theirs.router.save()
        full = api.post("/v2.0/gateways", order)
        assert_problem(full, 409, "gateways_exhausted")

        for response in (named, chosen, full):
            assert told(response, theirs, *shown, theirs.downlink.pk) == set()
            assert theirs.router.name not in response.content.decode()


def test_a_gateway_of_theirs_on_an_own_interface_is_a_vlan_without_a_name(
    theirs: Theirs, own: Objects
) -> None:
    api = attackers()[0]
    guest = made_active(new_gateway(own.router, name="a guest of theirs"))
    type(guest)._default_manager.filter(pk=guest.pk).update(tenant_id=OTHER_TENANT)
    url = f"/v2.0/ha_interfaces/{own.downlink.pk}"

    vlans = api.get(f"{url}/vlans")
    refused = api.delete(url)

    assert {"vlan_id": guest.vlan_id, "gateway_id": None, "name": None} in vlans.json()["allocated"]
    assert_problem(refused, 409, "in_use")
    for response in (vlans, refused):
        assert str(guest.pk) not in response.content.decode()
        assert guest.name not in response.content.decode()
    type(guest)._default_manager.filter(pk=guest.pk).update(tenant_id=TENANT)


# What is the admins' alone


def test_tokens_and_the_audit_are_closed_to_them(theirs: Theirs, own: Objects) -> None:
    for api in attackers():
        for method, path in operations():
            if not path.startswith(("/tokens", "/audit")):
                continue
            for objects in (theirs, own):
                url = objects.path(method, path)
                for query in ("", f"?tenant_id={OTHER_TENANT}", "?role=admin", "?fields=id"):
                    if "{" in path and query:
                        continue
                    response = api.send(method, url + query, objects.body(method, path) or b"")
                    assert_problem(response, 403, "permission_denied")
                    assert told(response, theirs) == set()
    theirs.token.refresh_from_db()
    assert theirs.token.revoked_at is None
