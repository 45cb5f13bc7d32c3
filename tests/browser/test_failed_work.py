"""An operator works off what has failed, on a telephone too."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from gatekeeper_site.access.models import Role, UserAccess
from requests_app.services import set_mano_state
from tests.browser.conftest import enter
from tests.fixtures import TENANT, onboarded_service, submitted
from tests.requests_app.orders import says


def test_an_operator_closes_cases_of_one_cause_and_gives_an_order_up(page: Page) -> None:
    oscar = User.objects.create(username="oscar", is_staff=True)
    UserAccess.objects.create(user=oscar, role=Role.OPERATOR, tenant_id=TENANT)
    service = onboarded_service()
    failed = [says(submitted(service), "ERROR", error="no room") for _ in range(2)]
    going = says(submitted(service), "INSTANTIATING")
    set_mano_state(state="paused", reason="It is upgraded", actor="olivia")
    enter(page, oscar)
    page.goto("/admin/")
    expect(page.get_by_text("by olivia: “It is upgraded”")).to_be_visible()

    # Both cases at once
    page.get_by_role("link", name="Failed work").click()
    group = page.get_by_role("region", name="no room")
    expect(group.get_by_role("link", name="2 requests")).to_be_visible()
    group.get_by_role("link", name="Close case").click()
    page.get_by_label("Resolution").select_option("other")
    page.get_by_label("Note").fill("The rack is full.")
    page.get_by_role("button", name="Close case").click()
    expect(page.get_by_role("heading", name="Close case: 2 of 2 done")).to_be_visible()
    page.reload()
    page.get_by_role("row").filter(has_text=str(failed[0].pk)).get_by_role("link").click()
    expect(page.get_by_role("cell", name="The rack is full.", exact=True)).to_have_count(1)

    # On a telephone, in the dark, by keyboard
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(f"/admin/requests_app/request/{going.pk}/give-up/")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "reason":
            break
    page.keyboard.type("It hangs.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Give up: given up.")).to_be_visible()
    expect(page.get_by_text("given up by oscar: It hangs.").first).to_be_visible()
    for path in (f"{going.pk}/change/", "failed-work/", "mano/", ""):
        page.goto(f"/admin/requests_app/request/{path}")
        too_wide = "document.documentElement.scrollWidth - window.innerWidth"
        assert page.evaluate(too_wide) <= 0, path
    going.refresh_from_db()
    assert (going.status, going.error_class) == ("ERROR", "given_up")
