"""The admin's pages of service instances: what differs comes first, and is adopted by a button."""

import pytest
from django.test import Client
from django.urls import reverse

from records_app.models import ServiceDescriptor, ServiceRecord, SyncVerdict
from requests_app.models import InstanceCheck
from tests.adminsite.pages import list_of, listed, page_of, text_of
from tests.fixtures import instantiated
from tests.requests_app.orders import work

pytestmark = pytest.mark.django_db

LIST = list_of("service records")


@pytest.fixture
def instances(demo: ServiceDescriptor) -> list[ServiceRecord]:
    """Three instances: one differs, one is in sync, and of the newest nobody knows."""
    records = [instantiated(demo) for _ in range(3)]
    for record, verdict in zip(records, (SyncVerdict.DIFFERS, SyncVerdict.IN_SYNC), strict=False):
        ServiceRecord.objects.filter(pk=record.pk).update(sync_verdict=verdict)
        InstanceCheck.objects.create(
            record=record,
            created_at=record.created_at,
            checked_at=record.created_at,
            differences=[{"path": "made_up", "recorded": None, "running": "<b>five</b>"}],
            running={
                "nsr": record.body | {"id": str(record.pk), "made_up": "five"},
                "vnfrs": [],
                "status": "normal operation",
            },
        )
    return records


def test_what_differs_comes_first(admin_of_all: Client, instances: list[ServiceRecord]) -> None:
    page = admin_of_all.get(LIST)

    assert listed(page) == [record.pk for record in instances]
    for word, record in (("false", 0), ("true", 1), ("null", 2)):
        assert listed(admin_of_all.get(f"{LIST}?in_sync={word}")) == [instances[record].pk]


def test_a_difference_is_shown_and_adopted(
    admin_of_all: Client, instances: list[ServiceRecord]
) -> None:
    page = admin_of_all.get(page_of("service records", instances[0].pk)).content.decode()
    assert "made_up" in page and "&lt;b&gt;five&lt;/b&gt;" in page

    url = reverse("admin:records_app_servicerecord_adopt_running", args=[instances[0].pk])
    assert "Adopt what runs of the service instance" in text_of(admin_of_all.get(url))
    answer = admin_of_all.post(url, follow=True)

    assert "What runs is recorded." in text_of(answer)
    instances[0].refresh_from_db()
    assert (instances[0].version, instances[0].body["made_up"]) == (2, "five")
    assert instances[0].sync_verdict == SyncVerdict.IN_SYNC


def test_those_that_are_ticked_are_checked(
    admin_of_all: Client, instances: list[ServiceRecord]
) -> None:
    ticked = [str(record.pk) for record in instances[:2]]

    body = {"action": "check_selected", "_selected_action": ticked}
    answer = admin_of_all.post(LIST, body, follow=True)

    assert text_of(answer).count("The MANO is asked what runs.") == 2
    work()
    verdicts = ServiceRecord.objects.order_by("created_at").values_list("sync_verdict", flat=True)
    assert list(verdicts) == [SyncVerdict.IN_SYNC, SyncVerdict.IN_SYNC, SyncVerdict.NOT_KNOWN]
    assert InstanceCheck.objects.count() == 2
