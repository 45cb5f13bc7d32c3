"""What records were before they changed is kept, for a while."""

from typing import Any

import pytest

from records_app.models import FormerVersion, ServiceDescriptor, ServiceRecord
from records_app.services import former_versions
from requests_app.models import Request
from tests.fixtures import onboarded_service, submitted
from tests.requests_app.orders import created_records, made_ready, nsr, ordered, says, vnfr

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> ServiceDescriptor:
    """A service of TENANT."""
    return onboarded_service()


@pytest.fixture
def creation(service: ServiceDescriptor) -> Request:
    """The order of an instance."""
    return submitted(service)


@pytest.fixture
def instance(creation: Request) -> ServiceRecord:
    """The instance."""
    return made_ready(creation)


def updated(instance: ServiceRecord, **members: Any) -> Request:
    """Have the MANO update an instance."""
    update = ordered("UPDATE", instance, latest_nsd_id=str(instance.descriptor_reference))
    says(update, "UPDATING")
    return says(update, "UPDATE_COMPLETED", **members)


def kept(instance: ServiceRecord) -> list[tuple[Any, ...]]:
    """Return what is kept of the service record itself."""
    rows = FormerVersion.objects.filter(service=instance, function_id__isnull=True)
    return list(rows.values_list("version", "status", "body"))


def test_a_body_is_kept_only_where_it_was_replaced(
    creation: Request, instance: ServiceRecord
) -> None:
    assert kept(instance) == []
    before = instance.body
    first, second = created_records(creation)["vnfrs"]
    functions = [vnfr(first["id"], extra=1), vnfr(second["id"])]
    updated(instance, nsr=nsr(instance.pk, network_functions=[]), vnfrs=functions)

    assert kept(instance) == [(1, "normal operation", None), (2, "updating", before)]
    row = FormerVersion.objects.get(function_id__isnull=False)
    assert (str(row.function_id), row.service_version, row.body) == (first["id"], 2, {})
    says(ordered("TERMINATE", instance), "READY")
    assert kept(instance)[-1] == (3, "normal operation", None)


def test_a_large_body_is_left_out(instance: ServiceRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(former_versions, "MAX_KEPT_CHARACTERS", 20)
    updated(instance, nsr=nsr(instance.pk))

    assert kept(instance)[-1] == (2, "updating", None)
    assert FormerVersion.objects.get(version=2, service_version=2).is_body_left_out


def test_the_oldest_are_forgotten(instance: ServiceRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(former_versions, "KEPT_VERSIONS", 3)
    for _ in range(3):
        updated(instance, nsr=nsr(instance.pk))

    assert [version for version, *_ in kept(instance)] == [4, 5, 6]
    instance.refresh_from_db()
    assert instance.version == 7


def test_they_go_with_their_record(instance: ServiceRecord) -> None:
    updated(instance, nsr=nsr(instance.pk))
    Request.objects.all().delete()

    instance.delete()

    assert not FormerVersion.objects.exists()
