"""An admin works in the admin site."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.browser.accessibility import barriers
from tests.browser.conftest import PASSWORD, enter
from tests.fixtures import onboarded_service, submitted


def test_an_admin_logs_in_finds_a_request_and_sets_its_status(page: Page) -> None:
    request = submitted(onboarded_service())
    other = submitted(ServiceDescriptor.objects.get())
    page.goto("/admin/login/")
    assert barriers(page) == []
    page.get_by_label("Username").fill("olivia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Needs a person")).to_be_visible()

    # Find it.
    page.get_by_role("link", name="Requests").first.click()
    expect(page.get_by_text(str(other.pk))).to_be_visible()
    page.locator("#searchbar").fill(str(request.pk))
    page.locator("#searchbar").press("Enter")
    expect(page.get_by_text(str(other.pk))).to_be_hidden()
    page.get_by_role("link", name="CREATE protected 1.0").click()
    expect(page.get_by_text("Answers of the MANO")).to_be_visible()

    # Along an arrow.
    page.get_by_role("link", name="Set status").click()
    page.get_by_label("Status").select_option("INSTANTIATING")
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_text("The status is set: NEW → INSTANTIATING.")).to_be_visible()

    # Back, which no arrow allows, and which nothing forces without a reason.
    page.get_by_role("link", name="Set status").click()
    page.get_by_label("Status").select_option("NEW")
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_text("No arrow leads from INSTANTIATING to NEW")).to_be_visible()
    page.get_by_label("Force it").check()
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_text("A forced status needs a reason.")).to_be_visible()
    assert Request.objects.get(pk=request.pk).status == "INSTANTIATING"

    # Forced with one.
    page.get_by_label("Reason").fill("The MANO lost it.")
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_text("The status is set: INSTANTIATING → NEW.")).to_be_visible()
    expect(page.get_by_role("cell", name="The MANO lost it.")).to_be_visible()
    assert Request.objects.get(pk=request.pk).status == "NEW"
    assert Request.objects.get(pk=other.pk).status == "NEW"


def test_an_admin_deletes_a_descriptor_in_vain_while_it_is_in_use(
    page: Page, superuser: User
) -> None:
    service = onboarded_service()
    request = submitted(service)
    enter(page, superuser)
    page.goto("/admin/")

    page.get_by_role("link", name="Services").last.click()
    page.get_by_role("link", name="protected").click()
    page.get_by_role("link", name="Delete service descriptor").click()
    page.get_by_role("button", name="Yes, I’m sure").click()

    expect(page.get_by_text(f"in use by the request CREATE {request.pk}")).to_be_visible()
    assert ServiceDescriptor.objects.filter(pk=service.pk).exists()
