"""The page that compares all interfaces of an HA router, and what is kept of their use."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.core import clock
from ha_app import services
from ha_app.admin.capacity import HEIGHT, WIDTH, over_time, steps
from ha_app.models import HaInterface, HaRouter, InterfaceUse
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import OTHER_TENANT, caller
from tests.ha_app.objects import new_gateway, new_interface, new_router

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
# Session, user, the user's access, the router, its interfaces, their uses, whether MANO is paused.
MAX_QUERIES = 8


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router(name="frankfurt", maximum_gateways=10)


@pytest.fixture
def downlink(router: HaRouter) -> HaInterface:
    return new_interface(router, name="north", maximum_ga_bandwidth=500, restricted_vlans="0-4000")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have it be another time."""

    def be(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return be


def capacity_of(router: HaRouter, period: str = "day") -> str:
    address = page_of("HA routers", router.pk).replace("/change/", "/capacity/")
    return f"{address}?period={period}"


def sampled() -> int:
    """Sweep until nothing is left; return how many were found."""
    found = 0
    while number := services.sample_uses():
        found += number
    return found


def test_interfaces_are_compared_the_fullest_first(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    new_interface(router, name="empty")
    new_interface(router, "uplink", name="core", admin_state_up=False)
    new_gateway(router, downlink_interface_id=downlink.pk, qos_type="guarantee", bandwidth=100)

    response = viewing_staff.get(capacity_of(router))

    text = text_of(response)
    rows = response.context["table"]["rows"]
    assert [row[1] for row in rows] == ["downlink", "downlink", "uplink"]
    assert "Gateways of the HA router 1 of 10" in text
    # 94 of north, 4094 of the two others
    assert "VLANs of all its interfaces 1 of 8282" in text
    bandwidth = "100 of 500 0 → 100, at most 100 –"
    north = f"north VLAN map downlink ACTIVE 1 of 94 , 93 free 0 → 1, at most 1 {bandwidth}"
    assert north in text
    assert text.index(north) < text.index("empty VLAN map downlink")
    assert "core VLAN map uplink ACTIVE disabled 0 of 4094 , 4094 free 0 → 0, at most 0 – –" in text
    page = viewing_staff.get(page_of("HA routers", router.pk)).content.decode()
    assert capacity_of(router).partition("?")[0] in page


def test_what_it_tells_is_its_tenants_and_fresh(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client, staff_without_role: Client
) -> None:
    new_interface(router, name="secret", tenant_id=OTHER_TENANT)
    page, part = (
        capacity_of(router),
        capacity_of(router).replace("/capacity/", "/capacity/now/"),
    )

    assert "secret" not in text_of(viewing_staff.get(page))
    first = viewing_staff.get(part)
    assert "<html" not in first.content.decode()
    new_gateway(router, downlink_interface_id=downlink.pk)
    fresh = viewing_staff.get(part, headers={"If-None-Match": first["ETag"]})
    assert "1 of 94" in fresh.content.decode()
    for address in (page, part):
        assert staff_without_role.get(address).status_code == 403
    HaRouter.objects.update(tenant_id=OTHER_TENANT)
    for address in (page, part):
        assert viewing_staff.get(address).status_code == 404


def test_it_takes_as_few_queries_for_many_interfaces(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    for _ in range(5):
        new_interface(router)
    sampled()

    with CaptureQueriesContext(connection) as queries:
        viewing_staff.get(capacity_of(router, "week"))

    assert len(queries) <= MAX_QUERIES, [query["sql"] for query in queries]


# What is kept


def test_a_use_is_kept_once_an_hour(
    router: HaRouter, downlink: HaInterface, at: Any, viewing_staff: Client
) -> None:
    HaInterface.objects.update(created_at=NOON - timedelta(days=40))
    at(NOON)
    assert sampled() == 1
    gateways = [
        new_gateway(router, downlink_interface_id=downlink.pk, qos_type="guarantee", bandwidth=10)
        for _ in range(3)
    ]
    at(NOON + timedelta(minutes=59))
    assert sampled() == 0
    at(NOON + timedelta(minutes=61))
    assert sampled() == 1
    for gateway in gateways[:2]:
        services.delete_ha_object(ha_object=gateway, caller=caller())

    rows = InterfaceUse.objects.order_by("hour").values_list("hour", "vlans", "ga_bandwidth")
    assert list(rows) == [(NOON, 0, 0), (NOON + timedelta(hours=1), 3, 30)]
    at(NOON + timedelta(hours=2))
    assert "0 → 1, at most 3 10 of 500 0 → 10, at most 30" in text_of(
        viewing_staff.get(capacity_of(router))
    )
    # Of the whole month it is every sixth hour
    assert "0 → 1, at most 1" in text_of(viewing_staff.get(capacity_of(router, "month")))
    at(NOON + timedelta(days=2))
    assert "1 now; nothing is kept of before" in text_of(viewing_staff.get(capacity_of(router)))


def test_a_new_interface_had_nothing_in_use(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    new_gateway(router, downlink_interface_id=downlink.pk)

    assert "0 → 1, at most 1" in text_of(viewing_staff.get(capacity_of(router)))


def test_uses_are_forgotten_after_a_month_and_with_their_interface(
    router: HaRouter, downlink: HaInterface, at: Any
) -> None:
    at(NOON)
    sampled()
    at(NOON + timedelta(days=31))
    assert (services.forget_uses(), sampled()) == (0, 1)
    at(NOON + timedelta(days=31, hours=1))
    assert (services.forget_uses(), services.forget_uses()) == (1, 0)
    assert InterfaceUse.objects.get().hour == NOON + timedelta(days=31)

    services.delete_ha_object(ha_object=downlink, caller=caller())
    assert not InterfaceUse.objects.exists()


def test_a_picture_has_a_step_where_what_is_known_changes() -> None:
    points = [
        (NOON - timedelta(hours=1), 5),
        (NOON + timedelta(hours=12), 10),
        (NOON + timedelta(hours=24), 0),
    ]

    # What was before it begins is where it begins
    walk = f"M0.0 {HEIGHT}H0.0V12.0H60.0V0.0H{WIDTH}.0V24.0V{HEIGHT}Z"
    assert steps(points, 10, NOON) == walk
    assert "5 → 0, at most 10" in over_time(points, NOON)
