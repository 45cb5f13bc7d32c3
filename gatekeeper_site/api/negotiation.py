"""Chooses the parser of a body and the renderer of an answer (contract: http.md)."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import NotAcceptable, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from gatekeeper_site.access.api.authentication import CookieAuthentication, carries_token
from gatekeeper_site.api.bodies import FormParser
from gatekeeper_site.api.renderers import BrowsableAPIRenderer, JSONRenderer

WEIGHT = re.compile(
    r"(?:^|;)\s*q\s*=\s*(0(?:\.[0-9]*)?|1(?:\.0*)?|\.[0-9]+)\s*(?:;|$)", re.IGNORECASE
)


# What `?format=…` means in any list, also in one that has a filter of that name.
RENDERED_FORMATS = (JSONRenderer.format, BrowsableAPIRenderer.format)


def without_renderers(parameters: QueryDict) -> QueryDict:
    """Return a list's parameters, of `format` those values alone that no renderer has."""
    if "format" not in parameters:
        return parameters
    left = parameters.copy()
    values = [text for text in left.getlist("format") if text not in RENDERED_FORMATS]
    left.setlist("format", values)
    if not values:
        del left["format"]
    return left


class ContentNegotiation(DefaultContentNegotiation):
    """JSON unless a person's form or browser asks otherwise."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Read a body as a form only if the browsable API sent it, else as JSON in any case."""
        is_form = isinstance(request.successful_authenticator, CookieAuthentication) and (
            request.content_type or ""
        ).startswith("multipart/form-data")
        parsers = list(parsers)
        fitting = (parser for parser in parsers if isinstance(parser, FormParser) == is_form)
        return next(fitting, parsers[0])

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return what `?format=…` forces, or else what `Accept` asks for (RFC 9110, 12.5.1).

        A call with a token is a program's: it gets no page, and something whatever it accepts.

        Raises:
            ValidationError: there is no such format.
            NotAcceptable: nothing that `Accept` names is offered.
        """
        offered = list(renderers)
        forced = self.forced_format(request)
        if forced is not None:
            chosen = self.filter_renderers(offered, forced)[0]
            return chosen, str(chosen.media_type)
        is_program = carries_token(request)
        if is_program:
            offered = [one for one in offered if not isinstance(one, BrowsableAPIRenderer)]
        ranges = accepted_ranges(request.META.get("HTTP_ACCEPT", ""))
        preferences = [preference(str(one.media_type), ranges) for one in offered]
        best = max(preferences)
        if best[0] == 0 and not is_program:
            raise NotAcceptable(available_renderers=offered)
        chosen = offered[preferences.index(best)]
        return chosen, str(chosen.media_type)

    def forced_format(self, request: Request) -> str | None:
        """Return which `format` of the answer is asked for; in some lists others filter."""
        view: Any = request.parser_context.get("view")
        parameters: set[str] = getattr(view, "query_parameters", set)()
        if "format" not in parameters:
            return request.query_params.get("format")
        values = request.query_params.getlist("format")
        return next((text for text in reversed(values) if text in RENDERED_FORMATS), None)

    def filter_renderers(
        self, renderers: Iterable[BaseRenderer], format: str | None
    ) -> list[BaseRenderer]:
        """Return the renderers of `?format=…`.

        Raises:
            ValidationError: there is no such format.
        """
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            known = ", ".join(dict.fromkeys(str(renderer.format) for renderer in renderers))
            raise ValidationError({"format": f"'{format}' is not one of: {known}."})
        return found


def accepted_ranges(header: str) -> dict[str, float]:
    """Return the media ranges of `Accept`, each with its weight.

    Parameters of a media type are left out; some are errors to DRF. Java's own clients send `*`.
    """
    ranges = {}
    for part in (header.strip() or "*/*").split(","):
        media_range, _, parameters = part.partition(";")
        name = media_range.strip().lower()
        weight = WEIGHT.search(parameters)
        ranges["*/*" if name == "*" else name] = float(weight[1]) if weight else 1.0
    return ranges


def preference(media_type: str, ranges: dict[str, float]) -> tuple[float, int]:
    """Return how much a media type is wanted, and how exactly it is named; (0, 0) if it is not."""
    main_type = media_type.partition("/")[0]
    for exactness, name in ((2, media_type), (1, f"{main_type}/*"), (0, "*/*")):
        if name in ranges:
            return (ranges[name], exactness) if ranges[name] else (0, 0)
    return 0, 0
