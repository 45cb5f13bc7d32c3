"""What every driver of a MANO does, whichever it is (contract, requests-and-records.md, MANO)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from django.conf import settings

from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import sol006_service, submitted
from tests.mano_peer import Behaviour, ManoPeer
from tests.osm_peer import OsmPeer
from tests.rabbitmq_server import IS_THERE
from tests.requests_app.mano.conftest import Listening
from tests.requests_app.orders import (
    expire,
    functions_of,
    onboarded,
    ordered,
    state,
    steps,
    sweep_and_work,
    work,
)
from tests.requests_app.osm.rounds import round_of_work

pytestmark = [pytest.mark.django_db]
if IS_THERE:
    # Half of the tests ask for it when they run, and it is started when they are collected.
    pytestmark.append(pytest.mark.usefixtures("rabbit_of_the_run"))

# By name, what the simulator is asked for with a vm_image, and the peer told.
FAULTS = {
    "none": Behaviour(),
    "fail": Behaviour(error={"http_code": 500, "message": "no room left"}),
    "silent": Behaviour(finishes=False),
    "deaf": Behaviour(accepts=False, finishes=False),
    "duplicate": Behaviour(is_twice=True),
    "reorder": Behaviour(final_first=True),
}
NUMBER_OF_ANSWERS = {"none": 2, "fail": 2, "silent": 1, "deaf": 0, "duplicate": 4, "reorder": 2}
CREATED = [("", "NEW", "customer"), ("NEW", "INSTANTIATING", "mano")]


@dataclass
class Simulator:
    """The embedded one, which works in the tasks."""

    failure = "The simulator was asked to fail (vm_image simulator:fail)."

    def carry_out(self, request: Request, fault: str = "none") -> Request:
        """Hand a request over, and take all answers; return the request as it is then."""
        work()
        request.refresh_from_db()
        assert request.answers.count() == NUMBER_OF_ANSWERS[fault]
        return request


@dataclass
class Sonata:
    """The real driver and listener, a real broker, and a peer."""

    peer: ManoPeer
    listening: Listening
    failure = "no room left (500)"

    def carry_out(self, request: Request, fault: str = "none") -> Request:
        """Hand a request over, and take all answers; return the request as it is then."""
        self.peer.behaviour = FAULTS[fault]
        work()
        number = NUMBER_OF_ANSWERS[fault]
        self.listening.until(lambda: request.answers.count() == number, f"{number} answers")
        request.refresh_from_db()
        return request


@dataclass
class OverNbi:
    """The driver of OSM, and a peer that plays its northbound interface; nothing is said twice."""

    peer: OsmPeer
    failure = "no room left"

    def carry_out(self, request: Request, fault: str = "none") -> Request:
        """Hand a request over, and follow it; return the request as it is then."""
        osm = self.peer.osm
        osm.end_state, osm.end_error = ("FAILED", self.failure) if fault == "fail" else OSM_IS_WELL
        osm.ends_after = None if fault == "silent" else 0.0
        osm.fault = lambda call: "500 before" if fault == "deaf" else None
        work()
        for _ in range(2):
            round_of_work()
        request.refresh_from_db()
        assert request.answers.count() == NUMBER_OF_ANSWERS[fault]
        return request


OSM_IS_WELL = ("COMPLETED", None)
Mano: TypeAlias = Simulator | Sonata | OverNbi
# What OSM does not do: it updates nothing, and is asked instead of telling, once or twice.
NOT_OSM = pytest.mark.parametrize("mano", ["simulator", "sonata"], indirect=True)


@pytest.fixture(params=["simulator", "sonata", "osm"])
def mano(request: pytest.FixtureRequest, settings: Any) -> Iterator[Mano]:
    """A MANO, behind each of the drivers."""
    if request.param == "simulator":
        settings.SIMULATOR_STEP_SECONDS = 0
        yield Simulator()
        return
    if request.param == "osm":
        yield OverNbi(request.getfixturevalue("osm_peer"))
        return
    rabbit = request.getfixturevalue("rabbit")
    listening = request.getfixturevalue("listening")
    with ManoPeer(rabbit.url) as peer:
        yield Sonata(peer, listening)


def service_with(fault: str, version: str = "1.0") -> ServiceDescriptor:
    image = f"simulator:{fault}"
    if settings.MANO_DRIVER == "osm":
        return sol006_service(image, version)
    return onboarded(image, version)


def new_instance(mano: Mano) -> ServiceRecord:
    request = mano.carry_out(submitted(service_with("none")))
    return ServiceRecord.objects.get(pk=request.service_instance_uuid)


def test_a_create_ends_ready_with_its_records(mano: Mano) -> None:
    service = service_with("none")

    request = mano.carry_out(submitted(service))

    assert (request.status, request.error) == ("READY", None)
    assert steps(request) == [*CREATED, ("INSTANTIATING", "READY", "mano")]
    record = ServiceRecord.objects.get()
    assert record.pk == request.service_instance_uuid
    assert state(record) == ("normal operation", 1, service.pk)
    [(function_id, status, version)] = functions_of(record)
    assert record.body["network_functions"] == [{"vnfr_id": str(function_id)}]
    assert (status, version) == ("normal operation", 2)
    assert request.handover == Request.Handover.SENT


@NOT_OSM
def test_an_update_ends_instantiated_as_the_new_service(mano: Mano) -> None:
    record = new_instance(mano)
    newer = service_with("none", "2.0")

    request = mano.carry_out(ordered("UPDATE", record, latest_nsd_id=str(newer.pk)))

    assert (request.status, request.service_instance_uuid) == ("INSTANTIATED", record.pk)
    assert state(record) == ("normal operation", 3, newer.pk)
    assert ServiceRecord.objects.count() == 1


def test_a_terminate_ends_ready_and_ends_the_records(mano: Mano) -> None:
    record = new_instance(mano)
    reference = record.descriptor_reference

    request = mano.carry_out(ordered("TERMINATE", record))

    assert (request.status, request.service_instance_uuid) == ("READY", record.pk)
    assert state(record) == ("terminated", 2, reference)
    assert [each[1:] for each in functions_of(record)] == [("terminated", 3)]


def test_a_failure_ends_in_error_with_the_manos_text(mano: Mano) -> None:
    request = mano.carry_out(submitted(service_with("fail")), "fail")

    assert (request.status, request.error) == ("ERROR", mano.failure)
    assert steps(request) == [*CREATED, ("INSTANTIATING", "ERROR", "mano")]
    assert not ServiceRecord.objects.exists()


@NOT_OSM
def test_an_update_that_fails_leaves_the_instance_as_it_was(mano: Mano) -> None:
    record = new_instance(mano)
    reference = record.descriptor_reference
    newer = service_with("fail", "2.0")

    request = mano.carry_out(ordered("UPDATE", record, latest_nsd_id=str(newer.pk)), "fail")

    assert (request.status, request.error) == ("ERROR", mano.failure)
    assert state(record) == ("normal operation", 3, reference)


@NOT_OSM
@pytest.mark.parametrize("fault", ["duplicate", "reorder"])
def test_answers_that_come_twice_or_in_another_order_lead_to_the_same(
    mano: Mano, fault: str
) -> None:
    request = mano.carry_out(submitted(service_with(fault)), fault)

    assert (request.status, request.error) == ("READY", None)
    assert steps(request) == [*CREATED, ("INSTANTIATING", "READY", "mano")]
    record = ServiceRecord.objects.get()
    assert (record.pk, record.version) == (request.service_instance_uuid, 1)
    assert len(functions_of(record)) == 1


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("deaf", "NEW", "The MANO did not accept the request within 60 s."),
        (
            "silent",
            "INSTANTIATING",
            "The MANO did not finish the request within 900 s of accepting it.",
        ),
    ],
)
def test_silence_ends_in_error_at_the_deadline(
    mano: Mano, fault: str, status: str, error: str
) -> None:
    request = mano.carry_out(submitted(service_with(fault)), fault)
    assert request.status == status

    expire(request)

    assert request.error == error
    sweep_and_work()
    assert request.answers.count() == NUMBER_OF_ANSWERS[fault]
    assert not ServiceRecord.objects.exists()


def test_several_requests_do_not_mix(mano: Mano) -> None:
    service = service_with("none")
    requests = [submitted(service) for _ in range(5)]

    ended = [mano.carry_out(request) for request in requests]

    assert [request.status for request in ended] == ["READY"] * 5
    instances: set[UUID | None] = {request.service_instance_uuid for request in ended}
    assert instances == set(ServiceRecord.objects.values_list("pk", flat=True))
    assert len(instances) == 5
