"""The admin's page of dead letters: messages of the MANO that could not be applied."""

import logging
from typing import Any, Literal

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from gatekeeper_site.adminsite.staff import is_admin
from requests_app import services

logger = logging.getLogger(__name__)

PAGE = "requests_app_dead_letters"
# By the word in the address: how it is told that it is done.
DEEDS = {
    "retry": "The message is handed to the listeners again.",
    "discard": "The message is discarded.",
}
GONE = "The message is not there any more, or somebody else looks at it in this moment."


def dead_letter_urls(site: AdminSite) -> list[URLPattern]:
    """Return the page and what its buttons call."""
    return [
        path("dead-letters/", site.admin_view(page), kwargs={"site": site}, name=PAGE),
        *[
            path(
                f"dead-letters/<str:letter_id>/{word}/",
                site.admin_view(require_POST(do)),
                kwargs={"word": word},
                name=f"{PAGE}_{word}",
            )
            for word in DEEDS
        ],
    ]


def number() -> str | None:
    """Return how many messages lie there, what is wrong with the broker, or None without one."""
    if settings.MANO_DRIVER != "sonata":
        return None
    from requests_app.mano import amqp, dead_letters

    try:
        return str(dead_letters.number_of_dead_letters())
    except amqp.BROKER_FAULTS as error:
        return amqp.fault_text(error)


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show what lies in the dead-letter queue."""
    if not is_admin(request):
        raise PermissionDenied
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Dead letters",
        "content_title": "Dead letters",
        "is_sonata": settings.MANO_DRIVER == "sonata",
    }
    if context["is_sonata"]:
        # Without RabbitMQ, processes are spared pika.
        from requests_app.mano import amqp, dead_letters

        try:
            context["letters"], context["number"] = dead_letters.dead_letters()
        except amqp.BROKER_FAULTS as error:
            context["fault"] = f"RabbitMQ does not answer: {amqp.fault_text(error)}"
    return TemplateResponse(request, "admin/requests_app/dead_letters.html", context)


def do(request: HttpRequest, letter_id: str, word: Literal["retry", "discard"]) -> HttpResponse:
    """Have a letter tried again, or discard it."""
    if not is_admin(request):
        raise PermissionDenied
    if settings.MANO_DRIVER == "sonata":
        from requests_app.mano import amqp

        try:
            if services.settle_dead_letter(letter_id=letter_id, deed=word):
                name = request.user.get_username()
                logger.info("dead letter %s: %s, by %s", letter_id, word, name)
                messages.success(request, DEEDS[word])
            else:
                messages.warning(request, GONE)
        except amqp.BROKER_FAULTS as error:
            messages.error(request, f"RabbitMQ does not answer: {amqp.fault_text(error)}")
    return HttpResponseRedirect(reverse(f"admin:{PAGE}"))
