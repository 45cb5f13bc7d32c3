"""What admins have a worker run: asked for, run, stopped, lost; here without a worker."""

import os
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock, registry
from gatekeeper_site.work import maintenance
from gatekeeper_site.work.management.commands import run_maintenance
from gatekeeper_site.work.models import MaintenanceRun
from tests.adminsite.conftest import operating_staff, superuser  # noqa: F401 - fixtures
from tests.adminsite.pages import text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/work/maintenancerun/"


def asked(command: str = "check_vlan_pools", *arguments: str) -> MaintenanceRun:
    return maintenance.ask_for(command, arguments, User.objects.create(username="olga"))


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process stands for the one that a worker starts."""
    monkeypatch.setenv(maintenance.PARENT_VARIABLE, str(os.getppid()))
    monkeypatch.setattr(run_maintenance, "die_with_parent", lambda *_: None)


def test_what_a_command_says_and_how_it_ends_is_kept(child: None) -> None:
    run = asked("purge", "--older-than=30", "--dry-run")

    call_command("run_maintenance", run.pk)

    run.refresh_from_db()
    assert run.outcome == "DONE"
    assert run.ended_at is not None
    assert re.search(r"^0 requests of before \S+ would be deleted$", run.output, re.MULTILINE)
    assert AuditEntry.objects.get(action="run").changes == {
        "command": [None, "purge --older-than=30 --dry-run"]
    }


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("purge", ["--older-than=0"], "--older-than must be from 1 to 36500 days, not 0."),
        ("purge", ["--no-such-option"], "--older-than"),
        ("no_such_command", [], "Unknown command: 'no_such_command'"),
    ],
)
def test_what_goes_wrong_is_said(
    command: str, arguments: list[str], said: str, child: None
) -> None:
    run = asked(command, *arguments)

    call_command("run_maintenance", run.pk)

    run.refresh_from_db()
    assert run.outcome == "FAILED"
    assert said in run.output


def test_a_fault_of_our_own_is_logged_and_said(
    child: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(registry.retention, "requests", lambda before: 1 / 0)
    run = asked("purge", "--older-than=30")

    call_command("run_maintenance", run.pk)

    run.refresh_from_db()
    assert run.outcome == "FAILED"
    assert run.output.endswith("It failed by a fault of Gatekeeper's own: see the worker's log.\n")
    assert "ZeroDivisionError" in caplog.text


def test_of_very_much_the_last_is_kept() -> None:
    run = asked()
    output = run_maintenance.Output(run.pk)

    output.write("x" * maintenance.MAX_OUTPUT_LENGTH)
    output.write("the end")
    output.keep()

    run.refresh_from_db()
    assert len(run.output) == maintenance.MAX_OUTPUT_LENGTH
    assert run.output.endswith("xthe end")


def test_by_hand_it_is_refused() -> None:
    run = asked()

    with pytest.raises(CommandError, match="An admin asks for it"):
        call_command("run_maintenance", run.pk)

    run.refresh_from_db()
    assert run.outcome == ""


def test_what_waits_is_stopped_at_once_and_what_has_ended_is_not() -> None:
    run = asked()

    assert maintenance.stop(run) is True
    assert maintenance.stop(run) is False

    run.refresh_from_db()
    assert (run.outcome, run.is_to_stop) == ("STOPPED", True)
    assert AuditEntry.objects.filter(action="stop").count() == 1


def test_what_no_worker_speaks_of_any_more_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    run, other = asked(), maintenance.ask_for("purge", [], None)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for row, seconds in ((run, 61), (other, 59)):
        seen = now - timedelta(seconds=seconds)
        MaintenanceRun.objects.filter(pk=row.pk).update(started_at=seen, seen_at=seen)

    maintenance.tend_maintenance()

    assert list(MaintenanceRun.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "LOST",
        "",
    ]


def test_an_admin_asks_for_a_command_and_stops_it(superuser: Client) -> None:  # noqa: F811
    page = superuser.get(LIST)
    assert "Check the VLAN pools…" in text_of(page)
    # What to run is always said: no link leads to where it is not.
    links = re.findall(r'href="([^"]*add/[^"]*)"', page.content.decode())
    assert links == ["add/?command=purge", "add/?command=check_vlan_pools"]
    page = superuser.get(f"{LIST}{links[0]}")
    assert "Deletes for good what ended or happened before then" in text_of(page)
    assert 'value="90"' in page.content.decode()

    fields = {"--older-than": "30", "--dry-run": "on"}
    response = superuser.post(f"{LIST}add/?command=purge", fields, follow=True)

    [run] = MaintenanceRun.objects.all()
    assert str(run) == "purge --older-than=30 --dry-run"
    assert run.asked_by is not None and run.asked_by.username == "olivia"
    assert "A worker runs it as soon as one is free." in text_of(response)
    assert "waits for a worker" in text_of(response)
    assert f"{LIST}{run.pk}/output/" in response.content.decode()

    assert "goes on from there" in text_of(superuser.get(f"{LIST}{run.pk}/stop/"))
    superuser.post(f"{LIST}{run.pk}/stop/")
    page = superuser.get(f"{LIST}{run.pk}/output/")
    assert "somebody stopped it" in text_of(page)
    assert "data-live-ended" in page.content.decode()


def test_a_number_that_makes_no_sense_is_refused(superuser: Client) -> None:  # noqa: F811
    response = superuser.post(f"{LIST}add/?command=purge", {"--older-than": "0"})

    assert "greater than or equal to 1" in text_of(response)
    assert superuser.get(f"{LIST}add/?command=flush").status_code == 404
    assert not MaintenanceRun.objects.exists()


def test_maintenance_is_the_admins(operating_staff: Any) -> None:  # noqa: F811
    run = asked()

    for path in ("", "add/?command=purge", f"{run.pk}/change/", f"{run.pk}/output/"):
        assert operating_staff.get(f"{LIST}{path}").status_code in (302, 403), path
    assert operating_staff.post(f"{LIST}{run.pk}/stop/").status_code in (302, 403, 404)
    run.refresh_from_db()
    assert run.outcome == ""
