"""What `manage.py purge` forgets, and above all what not."""

from datetime import datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Model
from django_q.models import Task

from gatekeeper_site.access.models import Token
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock, retention
from ha_app.models import HaRouterEvent
from records_app.models import FunctionRecord, RecordStatus, ServiceDescriptor, ServiceRecord
from records_app.services import terminate_instance
from requests_app import states
from requests_app.models import ManoAnswer, Request, RequestEvent
from tests.fixtures import instantiated, many_requests, new_api, new_user
from tests.ha_app.objects import new_router

pytestmark = pytest.mark.django_db


def purged(*options: str) -> dict[str, int]:
    """Purge what is older than 30 days; return the numbers above 0 that it prints."""
    out = StringIO()
    call_command("purge", "--older-than", "30", *options, stdout=out)
    numbers = {}
    for line in out.getvalue().splitlines():
        number, _, rest = line.partition(" ")
        if int(number):
            numbers[rest.partition(" of before ")[0]] = int(number)
    return numbers


def days_ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)


def aged(*models: type[Model], days: float = 31) -> None:
    """Let whatever there is of these seem to be of so many days ago."""
    for model in models:
        column = "updated_at" if hasattr(model, "updated_at") else "at"
        model._default_manager.update(**{column: days_ago(days)})


def keys(model: type[Model]) -> set[object]:
    return set(model._default_manager.values_list("pk", flat=True))


@pytest.fixture
def terminated(demo: ServiceDescriptor) -> ServiceRecord:
    """A service instance that was terminated, with the request that made it, 31 days ago."""
    record = instantiated(demo)
    with transaction.atomic():
        terminate_instance(record=record)
    aged(Request, ServiceRecord, FunctionRecord)
    return record


# Requests


def test_an_old_request_goes_with_its_events_and_answers(demo: ServiceDescriptor) -> None:
    # Given a request that ended 31 days ago, whose instance lives, and one of 29 days ago
    instance = instantiated(demo)
    aged(Request, RequestEvent)
    young = instantiated(demo)
    Request.objects.filter(service_instance_uuid=young.pk).update(updated_at=days_ago(29))

    assert purged() == {"requests": 1}

    # Then the old one alone is gone, and the instance is not
    [left] = Request.objects.all()
    assert left.service_instance_uuid == young.pk
    assert set(RequestEvent.objects.values_list("request", flat=True)) == {left.pk}
    assert set(ManoAnswer.objects.values_list("request", flat=True)) == {left.pk}
    assert keys(ServiceRecord) == {instance.pk, young.pk}
    assert FunctionRecord.objects.count() == 4


@pytest.mark.parametrize("status", states.STATUSES)
def test_an_open_request_stays_however_old(status: str) -> None:
    many_requests(1, status=status, updated_at=days_ago(3000), created_at=days_ago(3000))

    purged("--records")

    assert Request.objects.count() == (1 if states.is_open(status) else 0)


def test_more_than_a_chunk_goes_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given chunks of 2, and a purge that is killed after the second
    monkeypatch.setattr(retention, "CHUNK", 2)
    rows = many_requests(7, updated_at=lambda index: days_ago(100 - index))
    many_requests(1)
    old = Request.objects.filter(updated_at__lt=days_ago(30)).order_by("updated_at")
    chunks = retention.forget(old)
    assert [next(chunks), next(chunks)] == [2, 2]
    chunks.close()
    assert {row.pk for row in rows[4:]} < keys(Request)

    # When it is started again, it goes on
    assert purged() == {"requests": 3}
    assert Request.objects.count() == 1


# Records


def test_records_stay_unless_asked_for(terminated: ServiceRecord) -> None:
    assert purged() == {"requests": 1}

    assert keys(ServiceRecord) == {terminated.pk}


def test_records_of_a_terminated_service_go_with_its_functions(
    terminated: ServiceRecord, demo: ServiceDescriptor
) -> None:
    living = instantiated(demo)
    ServiceRecord.objects.filter(pk=living.pk).update(updated_at=days_ago(31))

    assert purged("--records", "--dry-run") == {"requests": 1, "service records": 1}
    assert purged("--records") == {"requests": 1, "service records": 1}

    assert keys(ServiceRecord) == {living.pk}
    assert set(FunctionRecord.objects.values_list("service", flat=True)) == {living.pk}
    assert purged("--records") == {}


@pytest.mark.parametrize("status", [each for each in states.STATUSES if states.is_open(each)])
def test_records_that_an_open_request_refers_to_stay(
    terminated: ServiceRecord, status: str
) -> None:
    many_requests(1, status=status, service_instance_uuid=terminated.pk, updated_at=days_ago(3000))

    assert purged("--records") == {"requests": 1}

    assert keys(ServiceRecord) == {terminated.pk}


def test_records_that_a_younger_request_refers_to_stay(terminated: ServiceRecord) -> None:
    many_requests(1, status=states.ERROR, service_instance_uuid=terminated.pk)

    assert purged("--records") == {"requests": 1}

    assert keys(ServiceRecord) == {terminated.pk}


def test_a_record_that_was_terminated_lately_stays(terminated: ServiceRecord) -> None:
    aged(ServiceRecord, days=29)

    assert purged("--records") == {"requests": 1}


@pytest.mark.parametrize("columns", [{"status": RecordStatus.OFFLINE}, {"updated_at": clock.now()}])
def test_a_record_with_a_function_that_lives_or_changed_stays(
    terminated: ServiceRecord, columns: dict[str, object]
) -> None:
    function = terminated.functions.first()
    assert function is not None
    FunctionRecord.objects.filter(pk=function.pk).update(**columns)

    assert purged("--records") == {"requests": 1}

    assert FunctionRecord.objects.count() == 2


# Events of HA objects


def test_each_living_object_keeps_its_newest_event() -> None:
    # Given two routers with three old events each, and a third, young one of the second
    routers = [new_router(), new_router()]
    for router in routers:
        for status in ("DOWN", "ACTIVE"):
            HaRouterEvent.objects.create(at=clock.now(), ha_object=router, to_status=status)
    aged(HaRouterEvent)
    young = HaRouterEvent.objects.create(at=clock.now(), ha_object=routers[1], to_status="DOWN")

    assert purged() == {"ha router events": 5}

    left = HaRouterEvent.objects.exclude(pk=young.pk).get()
    assert (left.ha_object_id, left.to_status) == (routers[0].pk, "ACTIVE")


# What else grows


def test_the_audit_may_be_kept_longer() -> None:
    for days in (31, 365, 367):
        AuditEntry.objects.create(at=days_ago(days), actor=f"{days} days", changes={})

    assert purged("--audit-older-than", "366") == {"audit entries": 1}
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {"31 days", "365 days"}

    assert purged() == {"audit entries": 2}


def test_old_sessions_and_failed_tasks_go() -> None:
    for name, days in (("old", 31), ("young", 29)):
        Session.objects.create(session_key=name, expire_date=days_ago(days))
        moment = days_ago(days)
        Task.objects.create(id=name, name=name, started=moment, stopped=moment, success=False)

    assert purged() == {"sessions": 1, "failed tasks": 1}

    assert keys(Session) == keys(Task) == {"young"}


def test_tokens_go_when_they_have_long_ended() -> None:
    # Given tokens of which some work, and others have ended lately or long ago
    for name, days, column in (
        ("works", None, "expires_at"),
        ("expires later", -1, "expires_at"),
        ("expired lately", 29, "expires_at"),
        ("expired", 31, "expires_at"),
        ("revoked lately", 29, "revoked_at"),
        ("revoked", 31, "revoked_at"),
    ):
        new_api(user=name)
        ended = None if days is None else days_ago(days)
        Token.objects.filter(user__username=name).update(
            **{column: ended}, created_at=days_ago(400), last_used_at=days_ago(400)
        )

    assert purged() == {"tokens": 2}

    left = set(Token.objects.values_list("user__username", flat=True))
    assert left == {"works", "expires later", "expired lately", "revoked lately"}
    assert User.objects.count() == 6


def test_the_admins_own_log_goes() -> None:
    user = new_user()
    for name, days in (("old", 31), ("young", 29)):
        LogEntry.objects.create(
            user=user, action_flag=CHANGE, object_repr=name, action_time=days_ago(days)
        )

    assert purged() == {"admin log": 1}

    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["young"]


def test_of_every_table_it_is_written_what_ends_its_rows() -> None:
    text = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    listed = text.partition("Of every table")[2].partition("\n## ")[0]

    for model in apps.get_models():
        table = model._meta.db_table
        app = model._meta.app_label
        short = f"…{table.removeprefix(app)}"
        assert f"`{table}`" in listed or (f"`{app}_" in listed and f"`{short}`" in listed), table


# The command


def test_a_dry_run_counts_and_deletes_nothing(demo: ServiceDescriptor) -> None:
    instantiated(demo)
    aged(Request, AuditEntry)
    entries = AuditEntry.objects.count()

    assert purged("--dry-run") == {"requests": 1, "audit entries": entries}

    assert (Request.objects.count(), AuditEntry.objects.count()) == (1, entries)
    assert purged() == {"requests": 1, "audit entries": entries}


@pytest.mark.parametrize("option", ["--older-than", "--audit-older-than"])
@pytest.mark.parametrize("days", ["0", "-1", "nan", "99999", "0.5"])
def test_a_senseless_age_forgets_nothing(option: str, days: str) -> None:
    many_requests(1, updated_at=days_ago(10_000))

    with pytest.raises(CommandError, match="must be from 1 to"):
        purged(f"{option}={days}")

    assert Request.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
@pytest.mark.django_db(transaction=True)
def test_a_request_that_somebody_has_locked_is_left_and_not_waited_for() -> None:
    # Given two old requests, of which another transaction has locked one
    locked, other = many_requests(2, updated_at=days_ago(31), service_uuid=lambda index: uuid4())
    mine = connection.copy()
    try:
        with mine.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM requests_app_request WHERE id = %s FOR UPDATE", [locked.pk]
            )

            # Then the other one goes, at once
            assert purged() == {"requests": 1}
            assert keys(Request) == {locked.pk}
            cursor.execute("ROLLBACK")
    finally:
        mine.close()
    assert purged() == {"requests": 1}
    assert other.pk not in keys(Request)
