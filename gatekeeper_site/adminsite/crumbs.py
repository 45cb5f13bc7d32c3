"""What the breadcrumbs of a page end with, where it is not just the page of what they name."""

from typing import Any

from django.http import HttpRequest


def set_crumb(request: HttpRequest, text: str) -> None:
    """Have the breadcrumbs end with what is done or shown here (unfold/helpers/header_title.html).

    Their template is given the request, and nothing else of the page.
    """
    setattr(request, "crumb", text)  # noqa: B010 - no attribute that types know


def set_name(row: Any, name: str) -> None:
    """Have the title and the breadcrumbs of a row's page call it so, and not by its UUID alone."""
    row.shown_name = name
