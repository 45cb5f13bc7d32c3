"""Chooses the parser of a body and the renderer of an answer (contract: http.md)."""

from collections.abc import Iterable

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from gatekeeper_site.core.access.authentication import CookieAuthentication


class ContentNegotiation(DefaultContentNegotiation):
    """JSON unless a person's form or browser asks otherwise."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Read a body as a form only if the browsable API sent it, else as JSON in any case."""
        is_form = isinstance(request.successful_authenticator, CookieAuthentication) and (
            request.content_type or ""
        ).startswith("multipart/form-data")
        parsers = list(parsers)
        fitting = (parser for parser in parsers if isinstance(parser, MultiPartParser) == is_form)
        return next(fitting, parsers[0])

    def get_accept_list(self, request: Request) -> list[str]:
        """Return the media types of `Accept`, without parameters: some are errors to DRF."""
        header = request.META.get("HTTP_ACCEPT", "").strip() or "*/*"
        return [media_type.partition(";")[0].strip() for media_type in header.split(",")]

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return what `?format=…` forces, whatever `Accept` says, or else what `Accept` asks for.

        Raises:
            ValidationError: there is no such format.
            NotAcceptable: nothing that `Accept` names is offered.
        """
        forced = request.query_params.get("format")
        if not forced:
            chosen: tuple[BaseRenderer, str]
            chosen = super().select_renderer(request, renderers, format_suffix)
            return chosen
        renderer = self.filter_renderers(renderers, forced)[0]
        return renderer, str(renderer.media_type)

    def filter_renderers(
        self, renderers: Iterable[BaseRenderer], format: str | None
    ) -> list[BaseRenderer]:
        """Return the renderers of `?format=…`.

        Raises:
            ValidationError: there is no such format.
        """
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            known = ", ".join(str(renderer.format) for renderer in renderers)
            raise ValidationError({"format": f"'{format}' is not one of: {known}."})
        return found
