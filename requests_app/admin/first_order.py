"""The first order: the demo service, by one button of the first page."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.cards import Step
from gatekeeper_site.adminsite.html import page_url
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Conflict, Invalid
from records_app.models import ServiceDescriptor
from records_app.services import onboard_demo
from records_app.services.demo import SERVICE
from requests_app import services
from requests_app.services.submit import NewRequest

NAME = "requests_app_first_order"


def first_order_urls(model_admin: GatekeeperAdmin) -> list[URLPattern]:
    """Return what the button calls."""
    view = model_admin.admin_site.admin_view(require_POST(order_demo))
    return [path("first-order/", view, kwargs={"model_admin": model_admin}, name=NAME)]


def may_order(caller: Caller) -> bool:
    """Tell whether a caller may order the demo service, which only a simulated MANO is to get."""
    if settings.MANO_DRIVER != "simulator" or not caller.can_write:
        return False
    return caller.is_admin or is_there()


def is_there() -> bool:
    """Tell whether the demo service is onboarded, for everybody."""
    return ServiceDescriptor.objects.filter(pk=SERVICE, tenant_id="").exists()


def step(caller: Caller) -> Iterator[Step]:
    """Yield that the demo service can be ordered, if a caller may."""
    if settings.MANO_DRIVER != "simulator" and caller.can_write:
        words = f"It goes to the MANO ({settings.MANO_DRIVER})."
        url = reverse("admin:requests_app_request_add")
        yield Step("Order a service", words, "Open the form", url)
    if may_order(caller):
        words = (
            "The MANO is simulated: nothing is started anywhere, and all else is as with a real "
            "one. You see the order pass from NEW to READY, and the records that come of it."
        )
        button, url = "Order the demo service", reverse(f"admin:{NAME}")
        yield Step("See an order go through", words, button, url, is_deed=True)


def order_demo(request: HttpRequest, model_admin: GatekeeperAdmin) -> HttpResponse:
    """Order the demo service, onboarded first where it is missing, and lead to the request."""
    caller = caller_of_staff(request)
    if not may_order(caller):
        raise PermissionDenied
    try:
        if not is_there():
            onboard_demo()
        ordered = services.submit_request(
            order=NewRequest(service_uuid=SERVICE), caller=caller, began_at=clock.now()
        )
    except (Conflict, Invalid) as refusal:
        messages.error(request, f"The demo service is not ordered: {refusal}")
        return HttpResponseRedirect(reverse("admin:index"))
    model_admin.log_addition(request, ordered, "Ordered.")
    messages.success(request, "The demo service is ordered. Its request is NEW at first.")
    return HttpResponseRedirect(page_url(ordered, ordered.pk))
