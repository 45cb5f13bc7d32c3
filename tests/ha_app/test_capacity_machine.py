"""Whatever is created, changed and deleted in whatever order: rows, bitmap and counters agree."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gatekeeper_site.core.refusals import Conflict
from ha_app import services, vlan_pool
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from tests.fixtures import caller
from tests.ha_app.objects import assert_all_agree, new_interface, new_router

# Small pools and maxima, so that everything runs out now and then. VLAN 7 is never restricted.
RESTRICTED = ("0-3,10-4095", "0-6,9-4094", "")
vlans = st.integers(min_value=0, max_value=12)
amounts = st.integers(min_value=0, max_value=12)
qos_types = st.sampled_from([None, "guarantee", "besteffort"])
CODES = set(services.CONFLICTS)


def outcome(action: Callable[[], Any]) -> tuple[Any, str | None]:
    """Return what an action gives, or the code with which it is refused."""
    try:
        return action(), None
    except Conflict as conflict:
        return None, conflict.code


class Model:
    """What must be true of one interface, kept in plain Python."""

    def __init__(self, interface: HaInterface) -> None:
        self.fixed = set(
            vlan_pool.to_numbers(
                vlan_pool.parse_ranges("0,4095")
                | vlan_pool.parse_ranges(interface.restricted_vlans)
            )
        )
        self.allocated: set[int] = set()
        self.is_up = True
        self.bandwidth: dict[str, int] = {"guarantee": 10, "besteffort": 10}
        self.used: dict[str, int] = {"guarantee": 0, "besteffort": 0}

    def free(self) -> int:
        return 4096 - len(self.fixed | self.allocated)

    def lowest_free(self) -> int | None:
        taken = self.fixed | self.allocated
        return next((vlan for vlan in range(4096) if vlan not in taken), None)


class CapacityMachine(RuleBasedStateMachine):
    """Two routers' worth of orders, against a model in plain Python."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize()
    def set_up(self) -> None:
        self.caller = caller()
        self.routers: dict[Any, tuple[HaRouter, int]] = {}
        self.models: dict[Any, Model] = {}
        self.interfaces: list[HaInterface] = []
        self.gateways: list[Gateway] = []
        for _ in range(2):
            router = new_router(maximum_gateways=6)
            self.routers[router.pk] = (router, 6)
            for link_type in ("downlink", "downlink", "uplink"):
                self.add_interface(router, link_type, RESTRICTED[len(self.interfaces) % 3])

    def add_interface(self, router: HaRouter, link_type: str, restricted: str) -> None:
        interface = new_interface(
            router,
            link_type,
            restricted_vlans=restricted,
            maximum_ga_bandwidth=10,
            maximum_be_bandwidth=10,
        )
        self.interfaces.append(interface)
        self.models[interface.pk] = Model(interface)

    def pick(self, data: st.DataObject, link_type: str) -> HaInterface:
        fitting = [each for each in self.interfaces if each.link_type == link_type]
        interface: HaInterface = data.draw(st.sampled_from(fitting))
        return interface

    @rule(data=st.data(), vlan=st.none() | vlans, qos_type=qos_types, bandwidth=amounts)
    def create_gateway(
        self, data: st.DataObject, vlan: int | None, qos_type: str | None, bandwidth: int
    ) -> None:
        downlink = self.pick(data, "downlink")
        self.order(downlink, None, vlan, None, qos_type, bandwidth)

    @rule(data=st.data(), vlan=st.none() | vlans)
    def create_gateway_on_any_downlink(self, data: st.DataObject, vlan: int | None) -> None:
        router_id = data.draw(st.sampled_from(list(self.routers)))
        usable = [
            each
            for each in self.interfaces
            if each.link_type == "downlink"
            and each.ha_router_id == router_id
            and self.models[each.pk].is_up
        ]
        most = max((self.models[each.pk].free() for each in usable), default=0)
        roomiest = [each for each in usable if self.models[each.pk].free() == most]
        # A tie goes to the lowest id, which is random, and what follows must not be.
        if len(roomiest) == 1:
            self.order(roomiest[0], None, vlan, None, None, 0, is_named=False)

    @rule(data=st.data(), vlan=st.none() | vlans, uplink_vlan=vlans)
    def create_vpn(self, data: st.DataObject, vlan: int | None, uplink_vlan: int) -> None:
        downlink = self.pick(data, "downlink")
        uplinks = [
            each
            for each in self.interfaces
            if each.link_type == "uplink" and each.ha_router_id == downlink.ha_router_id
        ]
        if uplinks:
            self.order(downlink, data.draw(st.sampled_from(uplinks)), vlan, uplink_vlan, None, 0)

    def order(
        self,
        downlink: HaInterface,
        uplink: HaInterface | None,
        vlan: int | None,
        uplink_vlan: int | None,
        qos_type: str | None,
        bandwidth: int,
        is_named: bool = True,
    ) -> None:
        """Order a gateway and check that it is given exactly if the model can give it."""
        model = self.models[downlink.pk]
        expected_vlan = model.lowest_free() if vlan is None else vlan
        is_possible = (
            self.in_use(downlink.ha_router_id) < self.routers[downlink.ha_router_id][1]
            and model.is_up
            and expected_vlan is not None
            and expected_vlan not in model.fixed | model.allocated
            and (qos_type is None or model.used[qos_type] + bandwidth <= model.bandwidth[qos_type])
        )
        if uplink is not None:
            of_uplink = self.models[uplink.pk]
            is_possible = (
                is_possible
                and of_uplink.is_up
                and uplink_vlan not in of_uplink.fixed | of_uplink.allocated
            )
        order = services.NewGateway(
            service_type="internet" if uplink is None else "vpn",
            ha_router_id=downlink.ha_router_id,
            downlink_interface_id=downlink.pk if is_named else None,
            vlan_id=vlan,
            uplink_interface_id=None if uplink is None else uplink.pk,
            uplink_vlan_id=uplink_vlan,
            qos_type=qos_type,
            bandwidth=0 if qos_type is None else bandwidth,
        )
        gateway, code = outcome(lambda: services.create_gateway(order=order, caller=self.caller))
        assert (code is None) == is_possible, code
        if code is not None:
            assert code in CODES
            return
        assert gateway.downlink_interface_id == downlink.pk
        assert gateway.vlan_id == expected_vlan
        model.allocated.add(gateway.vlan_id)
        if qos_type is not None:
            model.used[qos_type] += bandwidth
        if uplink is not None and uplink_vlan is not None:
            self.models[uplink.pk].allocated.add(uplink_vlan)
        self.gateways.append(gateway)

    def in_use(self, router_id: Any) -> int:
        return sum(gateway.ha_router_id == router_id for gateway in self.gateways)

    @precondition(lambda self: self.gateways)
    @rule(data=st.data())
    def delete_gateway(self, data: st.DataObject) -> None:
        gateway = data.draw(st.sampled_from(self.gateways))
        services.delete_ha_object(ha_object=gateway, caller=self.caller)
        self.gateways.remove(gateway)
        model = self.models[gateway.downlink_interface_id]
        model.allocated.remove(gateway.vlan_id)
        if gateway.qos_type is not None:
            model.used[gateway.qos_type] -= gateway.bandwidth
        if gateway.uplink_interface_id is not None:
            self.models[gateway.uplink_interface_id].allocated.remove(gateway.uplink_vlan_id)

    @precondition(lambda self: self.gateways)
    @rule(data=st.data(), qos_type=qos_types, bandwidth=amounts)
    def change_bandwidth(self, data: st.DataObject, qos_type: str | None, bandwidth: int) -> None:
        index = data.draw(st.integers(min_value=0, max_value=len(self.gateways) - 1))
        gateway = self.gateways[index]
        bandwidth = 0 if qos_type is None else bandwidth
        used = dict(self.models[gateway.downlink_interface_id].used)
        if gateway.qos_type is not None:
            used[gateway.qos_type] -= gateway.bandwidth
        if qos_type is not None:
            used[qos_type] += bandwidth
        model = self.models[gateway.downlink_interface_id]
        is_possible = qos_type is None or used[qos_type] <= model.bandwidth[qos_type]
        changed, code = outcome(
            lambda: services.update_gateway(
                ha_object=gateway, caller=self.caller, qos_type=qos_type, bandwidth=bandwidth
            )
        )
        assert code == (None if is_possible else "bandwidth_exhausted")
        if code is not None:
            return
        model.used = used
        self.gateways[index] = changed

    @rule(data=st.data(), maximum=amounts)
    def change_maximum_gateways(self, data: st.DataObject, maximum: int) -> None:
        router, _ = self.routers[data.draw(st.sampled_from(list(self.routers)))]
        is_possible = maximum >= self.in_use(router.pk)
        _, code = outcome(
            lambda: services.update_ha_router(
                ha_object=router, caller=self.caller, maximum_gateways=maximum
            )
        )
        assert code == (None if is_possible else "below_use")
        if code is not None:
            return
        self.routers[router.pk] = (router, maximum)

    @rule(data=st.data(), maximum=amounts, is_up=st.booleans())
    def change_interface(self, data: st.DataObject, maximum: int, is_up: bool) -> None:
        interface = data.draw(st.sampled_from(self.interfaces))
        model = self.models[interface.pk]
        is_possible = maximum >= max(model.used.values())
        _, code = outcome(
            lambda: services.update_ha_interface(
                ha_object=interface,
                caller=self.caller,
                maximum_ga_bandwidth=maximum,
                maximum_be_bandwidth=maximum,
                admin_state_up=is_up,
            )
        )
        assert code == (None if is_possible else "below_use")
        if code is not None:
            return
        model.bandwidth = {"guarantee": maximum, "besteffort": maximum}
        model.is_up = is_up

    @precondition(lambda self: len(self.interfaces) > 3)
    @rule(data=st.data())
    def delete_interface(self, data: st.DataObject) -> None:
        removable = [each for each in self.interfaces if each.link_type == "downlink"][1:]
        if not removable:
            return
        interface = data.draw(st.sampled_from(removable))
        is_possible = not self.models[interface.pk].allocated
        _, code = outcome(
            lambda: services.delete_ha_object(ha_object=interface, caller=self.caller)
        )
        assert code == (None if is_possible else "in_use")
        if code is not None:
            return
        self.interfaces.remove(interface)
        # Its physical interfaces are free for another.
        router, _ = self.routers[interface.ha_router_id]
        replacement = new_interface(
            router,
            primary_interface_id=interface.secondary_interface_id,
            secondary_interface_id=uuid4(),
            restricted_vlans="0-6,9-4094",
            maximum_ga_bandwidth=10,
            maximum_be_bandwidth=10,
        )
        self.interfaces.append(replacement)
        self.models[replacement.pk] = Model(replacement)

    @rule()
    def sweep(self) -> None:
        services.sweep_pending()

    @invariant()
    def rows_bitmaps_and_counters_agree(self) -> None:
        assert_all_agree()
        allocated = set(VlanAllocation.objects.values_list("ha_interface_id", "vlan_id"))
        assert allocated == {
            (interface.pk, vlan)
            for interface in self.interfaces
            for vlan in self.models[interface.pk].allocated
        }


@pytest.mark.django_db
def test_rows_bitmaps_and_counters_agree_whatever_is_done() -> None:
    run_state_machine_as_test(
        CapacityMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
