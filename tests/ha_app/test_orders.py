"""HA objects are ordered by any property, and walked by it, with and without a value in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ha_app import represent
from ha_app.models import Gateway, HaInterface, HaRouter
from tests.fixtures import TENANT, Api, links_of, rolled_back
from tests.ha_app.objects import new_gateway, new_interface, new_router

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

FIELDS = {
    "ha_routers": represent.HA_ROUTER_FIELDS,
    "ha_interfaces": represent.HA_INTERFACE_FIELDS,
    "gateways": represent.GATEWAY_FIELDS,
}
NULLABLE = ("uplink_interface_id", "uplink_vlan_id", "qos_type")
START = datetime(2017, 9, 15, 13, 36, 4, tzinfo=UTC)


def walk(
    api: Api, plural: str, query: str, between: Callable[[], None] = lambda: None
) -> list[dict[str, Any]]:
    """Follow a list's pages by cursor to their end; return the rows."""
    rows: list[dict[str, Any]] = []
    url: str | None = f"/v2.0/{plural}?cursor=&{query}"
    while url is not None:
        response = api.get(url)
        assert response.status_code == 200, response.content
        rows += response.json()[plural]
        url = links_of(response).get("next")
        between()
    return rows


@pytest.mark.parametrize("plural", FIELDS)
def test_every_property_can_be_sorted_by(operator: Api, plural: str) -> None:
    for index in range(3):
        router = new_router(name="xyz"[index], description="same" * (index % 2))
        downlink = new_interface(
            router, restricted_vlans=f"{index * 7}", name="same", maximum_be_bandwidth=index
        )
        new_gateway(router, downlink_interface_id=downlink.pk, description="zyx"[index])

    for field in FIELDS[plural]:
        rows = operator.get(f"/v2.0/{plural}?sort_key={field}").json()[plural]
        backwards = operator.get(f"/v2.0/{plural}?ordering=-{field}").json()[plural]
        gohan = operator.get(f"/v2.0/{plural}?sort_key={field}&sort_order=desc").json()[plural]
        assert len(rows) == 3
        with_values = [row for row in rows if row[field] is not None]
        assert with_values == sorted(with_values, key=lambda row: (row[field], row["id"]))
        assert backwards == gohan == rows[::-1]
        assert walk(operator, plural, f"limit=1&ordering={field}") == rows
        assert walk(operator, plural, f"limit=1&ordering=-{field}") == rows[::-1]


# Gateways with and without a value; few values, so that many are equal.
rows_of_gateways = st.lists(
    st.fixed_dictionaries(
        {
            "pk": st.uuids(),
            "uplink": st.none() | st.tuples(st.integers(0, 2), st.integers(0, 3)),
            "qos_type": st.sampled_from([None, "guarantee", "besteffort"]),
            "description": st.sampled_from(["", "a", "b", "b" * 300, "b" * 301, "é" * 256]),
        }
    ),
    max_size=14,
    unique_by=lambda row: row["pk"],
)


@pytest.fixture
def devices(db: None) -> tuple[HaRouter, HaInterface, list[HaInterface]]:
    router = new_router()
    uplinks = [new_interface(router, "uplink") for _ in range(3)]
    return router, new_interface(router), uplinks


def store(devices: Any, rows: list[dict[str, Any]]) -> None:
    router, downlink, uplinks = devices
    Gateway.objects.bulk_create(
        Gateway(
            pk=row["pk"],
            tenant_id=TENANT,
            created_at=START,
            service_type="vpn",
            ha_router=router,
            downlink_interface=downlink,
            vlan_id=1,
            uplink_interface=row["uplink"] and uplinks[row["uplink"][0]],
            uplink_vlan_id=row["uplink"] and row["uplink"][1],
            qos_type=row["qos_type"],
            description=row["description"],
        )
        for row in rows
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stored=rows_of_gateways,
    added=rows_of_gateways,
    limit=st.integers(1, 5),
    field=st.sampled_from([*NULLABLE, "description"]),
    sign=st.sampled_from(["", "-"]),
)
def test_a_walk_neither_skips_nor_repeats_rows_without_a_value(
    operator: Api,
    devices: Any,
    stored: list[dict[str, Any]],
    added: list[dict[str, Any]],
    limit: int,
    field: str,
    sign: str,
) -> None:
    known = {row["pk"] for row in stored}
    waiting = [row for row in added if row["pk"] not in known]
    query = f"limit={limit}&ordering={sign}{field}"
    with rolled_back():
        store(devices, stored)
        whole = operator.get(f"/v2.0/gateways?ordering={sign}{field}&limit=1000").json()
        alone = walk(operator, "gateways", query)
        crowded = walk(
            operator, "gateways", query, lambda: store(devices, waiting and [waiting.pop()])
        )

    assert alone == whole["gateways"]
    without = [row[field] is None for row in alone]
    assert without == sorted(without, reverse=not sign)
    seen = [row["id"] for row in crowded]
    assert len(set(seen)) == len(seen)
    assert set(seen) >= set(map(str, known))


def test_a_cursor_is_short_whatever_text_it_is_made_of(operator: Api, devices: Any) -> None:
    rows = [
        {"pk": UUID(int=index), "uplink": None, "qos_type": None, "description": "\U0001f600" * n}
        for index, n in enumerate((254, 255, 256, 60_000))
    ]
    store(devices, rows)
    Gateway.objects.update(name="".join(chr(0x1F300 + index) for index in range(255)))

    for field in ("description", "name", "vrf_name"):
        page = operator.get(f"/v2.0/gateways?cursor=&limit=1&ordering={field}&fields=id")
        (cursor,) = parse_qs(urlsplit(links_of(page)["next"]).query)["cursor"]
        assert len(cursor) < 2000, field
        walked = [
            row["id"] for row in walk(operator, "gateways", f"limit=1&ordering={field}&fields=id")
        ]
        assert walked == [str(row["pk"]) for row in rows]


def test_the_schema_names_every_property_as_an_order(anonymous: Api) -> None:
    paths = anonymous.get("/schema").json()["paths"]
    for plural, fields in FIELDS.items():
        parameters = {
            parameter["name"]: parameter["schema"]
            for parameter in paths[f"/v2.0/{plural}"]["get"]["parameters"]
        }
        assert set(parameters["sort_key"]["enum"]) == {*fields, "created_at"}
        assert {f"-{name}" for name in fields} <= set(parameters["ordering"]["enum"])
