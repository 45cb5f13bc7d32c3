"""SONATA's service lifecycle manager of 2018 ends a service (contract: requests-and-records.md)."""

import io

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from gatekeeper_site.access.models import Token
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import TENANT, VBAR, VFOO, Api, new_api, submitted
from tests.rabbitmq_server import RabbitServer
from tests.requests_app.mano.conftest import Listening
from tests.requests_app.orders import work
from tests.slm_peer import CLIENT_ID, PASSWORD, SlmPeer


@pytest.mark.django_db(transaction=True)
def test_it_registers_logs_in_and_reads_what_it_ends(
    rabbit: RabbitServer, listening: Listening, demo: ServiceDescriptor, live_server: LiveServer
) -> None:
    # Given an instance of TENANT's, and a user for the SLM, which reads what is TENANT's
    call_command(
        "create_service_user",
        name=CLIENT_ID,
        password=PASSWORD,
        tenant=TENANT,
        stdout=io.StringIO(),
    )
    operator: Api = new_api("operator", TENANT)
    with SlmPeer(rabbit.url, f"{live_server.url}/api/v2/") as peer:
        created = submitted(demo)
        work()
        listening.until(lambda: is_ready(created), "the instance")
        created.refresh_from_db()
        record = ServiceRecord.objects.get(pk=created.service_instance_uuid)

        # When its end is ordered
        order = {"request_type": "TERMINATE", "service_instance_uuid": str(record.pk)}
        answer = operator.post("/api/v2/requests", order)
        assert answer.status_code == 201
        work()
        ended = Request.objects.get(pk=answer.json()["id"])
        listening.until(lambda: is_ready(ended), "its end")

    # Then the SLM has read all that it is made of, as a viewer of TENANT
    record.refresh_from_db()
    assert record.status == "terminated"
    assert peer.errors == []
    functions = record.functions.all()
    assert len(functions) == 2
    assert peer.read.keys() == {
        f"records/services/{record.pk}",
        f"services/{demo.pk}",
        *(f"records/functions/{function.pk}" for function in functions),
        f"functions/{VFOO}",
        f"functions/{VBAR}",
    }
    assert peer.read[f"services/{demo.pk}"]["nsd"]["name"] == demo.name
    token = Token.objects.get(user__username=CLIENT_ID)
    assert (token.role, token.tenant_id) == ("viewer", TENANT)


@pytest.mark.django_db(transaction=True)
def test_without_a_user_it_is_told_why_it_is_not_let_in(live_server: LiveServer) -> None:
    peer = SlmPeer("amqp://unused", f"{live_server.url}/api/v2/")

    with pytest.raises(AssertionError, match="create_service_user"):
        peer.registered()

    assert not Token.objects.exists()


def is_ready(request: Request) -> bool:
    return Request.objects.get(pk=request.pk).status == "READY"
