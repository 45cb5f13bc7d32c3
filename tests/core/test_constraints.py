"""Which constraint a write has violated is told apart, on either database."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from gatekeeper_site.core.constraints import (
    violates_foreign_key,
    violates_primary_key,
    violates_unique,
)
from ha_app.models import EdgeRouterClaim, Gateway, HaRouter, VlanAllocation
from ha_app.services.gateways import create
from records_app.models import FunctionDescriptor, ServiceDescriptor
from records_app.services import onboard_function
from tests.fixtures import onboarded_service, vnfd
from tests.ha_app.objects import new_gateway, new_interface, new_router

pytestmark = pytest.mark.django_db


def violation(write: Callable[[], object]) -> IntegrityError:
    """Return what the database says of a write, at once or at its commit."""

    def checked() -> None:
        with transaction.atomic():
            write()

    with pytest.raises(IntegrityError) as caught:
        checked()
    return caught.value


def test_a_unique_constraint_is_known_by_its_name() -> None:
    service = onboarded_service()
    function = FunctionDescriptor.objects.get()
    function.pk = uuid4()

    error = violation(lambda: function.save(force_insert=True))

    assert violates_unique(error, FunctionDescriptor, "function_descriptor_is_unique")
    assert not violates_unique(error, ServiceDescriptor, "service_descriptor_is_unique")
    assert not violates_primary_key(error, FunctionDescriptor)
    assert not violates_foreign_key(error)
    assert service.network_functions.count() == 1


def test_a_primary_key_is_known_by_its_model() -> None:
    onboarded_service()
    service = ServiceDescriptor.objects.get()
    service.version = "9.9"

    error = violation(lambda: service.save(force_insert=True))

    assert violates_primary_key(error, ServiceDescriptor)
    assert not violates_primary_key(error, FunctionDescriptor)
    assert not violates_unique(error, ServiceDescriptor, "service_descriptor_is_unique")
    assert not violates_foreign_key(error)


@pytest.mark.django_db(transaction=True)
def test_a_foreign_key_and_a_check_are_told_apart() -> None:
    router = new_router()

    foreign = violation(
        lambda: EdgeRouterClaim.objects.create(device_id=uuid4(), ha_object_id=uuid4())
    )
    check = violation(
        lambda: HaRouter.objects.filter(pk=router.pk).update(available_gateways=10**6)
    )

    assert violates_foreign_key(foreign)
    assert not violates_primary_key(foreign, EdgeRouterClaim)
    assert not violates_foreign_key(check)
    assert not violates_unique(check, VlanAllocation, "vlan_is_allocated_once")


def test_another_fault_than_a_taken_vlan_is_not_reported_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a fault of ours: a gateway whose bandwidth contradicts its QoS type
    router = new_router()
    new_interface(router)
    made = create.new_gateway

    def made_wrongly(*args: Any) -> Gateway:
        gateway = made(*args)
        gateway.bandwidth = 7
        return gateway

    monkeypatch.setattr(create, "new_gateway", made_wrongly)

    error = violation(lambda: new_gateway(router))

    assert "gateway_bandwidth_with_qos" in str(error)
    assert not Gateway.objects.exists()


def test_another_fault_than_a_descriptor_that_exists_is_not_reported_as_one() -> None:
    # Given the id of another descriptor
    service = onboarded_service()
    function = FunctionDescriptor.objects.get()

    error = violation(
        lambda: onboard_function(
            document=vnfd(name="another"), tenant_id=service.tenant_id, descriptor_id=function.pk
        )
    )

    assert violates_primary_key(error, FunctionDescriptor)
