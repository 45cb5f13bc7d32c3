"""The admin's page of the MANO, and the line on every page while it is paused."""

import pytest
from django.test import Client
from django.urls import reverse

from gatekeeper_site.audit.models import AuditEntry
from requests_app.models import ManoState
from requests_app.services import set_mano_state
from tests.adminsite.conftest import staff
from tests.adminsite.pages import list_of, text_of
from tests.fixtures import TENANT, many_requests

PAGE = reverse("admin:requests_app_mano")
pytestmark = pytest.mark.django_db


def test_an_admin_pauses_and_lets_it_run(superuser: Client) -> None:
    many_requests(2, status="NEW")
    assert "Requests waiting in NEW 2" in text_of(superuser.get(PAGE))

    refused = superuser.post(PAGE, {"state": "paused", "reason": " "})
    assert "This field is required." in text_of(refused)
    assert not ManoState.objects.filter(state="paused").exists()
    paused = superuser.post(PAGE, {"state": "paused", "reason": "<b>upgraded</b>"}, follow=True)

    assert "Orders wait in NEW from now on." in text_of(paused)
    for page in (PAGE, reverse("admin:index"), list_of("requests"), list_of("gateways")):
        shown = superuser.get(page)
        assert "by olivia: “<b>upgraded</b>”. Orders wait in NEW." in text_of(shown)
        assert b"<b>upgraded</b>" not in shown.content
    running = superuser.post(PAGE, {"state": "running"}, follow=True)
    assert "Orders are handed over again." in text_of(running)
    assert "Orders wait in NEW" not in text_of(superuser.get(PAGE))
    entries = AuditEntry.objects.filter(object_type="mano").order_by("id")
    assert [(entry.action, entry.actor, entry.via) for entry in entries] == [
        ("pause", "olivia", "admin"),
        ("resume", "olivia", "admin"),
    ]


def test_others_see_it_and_have_no_button(
    operating_staff: Client, viewing_staff: Client, staff_without_role: Client
) -> None:
    set_mano_state(state="paused", reason="upgraded", actor="olivia")
    bound = staff("anna", "admin", TENANT)

    for browser in (operating_staff, viewing_staff, bound):
        shown = text_of(browser.get(PAGE))
        assert "by olivia: “upgraded”" in shown
        assert "Let it run" not in shown
        assert browser.post(PAGE, {"state": "running"}).status_code == 403
    assert staff_without_role.get(PAGE).status_code == 403
    assert "upgraded" not in text_of(staff_without_role.get(reverse("admin:index")))
    assert "upgraded" not in text_of(Client().get(reverse("admin:login")))
    assert ManoState.objects.get().state == "paused"
