"""What every resource's view set shares: strict parameters, lists and objects as plain rows."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from gatekeeper_site.access.api.authentication import caller_of, carries_token
from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.api import idempotency
from gatekeeper_site.api.conditional import etag_of, is_unmodified, refuse_if_changed
from gatekeeper_site.api.metadata import ResourceMetadata
from gatekeeper_site.api.pagination import (
    DEFAULT_LIMIT,
    GOHANS_FIELDS,
    Pagination,
    list_parameters,
    read_fields,
    read_page,
    with_fields,
)
from gatekeeper_site.api.renderers import BrowsableAPIRenderer
from gatekeeper_site.api.serializers import changed_members
from gatekeeper_site.core.creation import Creation
from gatekeeper_site.core.parsing import parse_uuid

# In a WSGI environment, what has befallen a call that may have been carried out the short way
# (hot_writes.py): it is not done again.
FAULT = "gatekeeper.fault"
PRECONDITIONS = {"If-Match", "If-None-Match"}
# Of what answers with one object.
FIELDS = OpenApiParameter("fields", str, description="Comma-separated fields to return.")


def is_of_browsable_api(request: Request) -> bool:
    """Tell whether a person's browser calls: it gets a page, and has no token."""
    is_page = isinstance(request.accepted_renderer, BrowsableAPIRenderer)
    return is_page and not carries_token(request)


class ResourceViewSet(GenericViewSet[Any]):
    """A resource that is read as rows of `values()`: no model instance, no serializer.

    A subclass names its model, the columns to read, how a row is printed, and by what it may be
    ordered. Serializers check what comes in and describe what goes out; they do not write it.
    """

    metadata_class = ResourceMetadata
    model: type[Model]
    columns: tuple[str, ...]
    # The members that a printed object has, for `fields`.
    fields: tuple[str, ...]
    # One of them is an object, of which these members can be asked for as well.
    inner_member: str = ""
    inner_fields: tuple[str, ...] = ()
    represent: Callable[[dict[str, Any]], dict[str, Any]]
    ordering_fields: tuple[str, ...]
    default_ordering: str = "-created_at"
    # Rows in a page of which nobody says how many.
    default_limit = DEFAULT_LIMIT
    takes_gohan_parameters = False
    # Whether rows of no tenant are everybody's to read.
    shared = False
    lookup_value_regex = "[^/]+"
    # Actions that answer with a page.
    list_actions: tuple[str, ...] = ("list",)
    # Actions that answer with an object of which some fields can be asked for.
    object_actions: tuple[str, ...] = ("retrieve",)
    # Actions whose POST needs no body.
    bodiless_actions: tuple[str, ...] = ()
    # Methods that an Idempotency-Key makes safe to repeat.
    idempotent_methods: tuple[str, ...] = ("POST",)
    # What is ordered, of a body's members, and how it is made where nothing is unusual
    # (hot_writes.py); None: by `create` alone.
    new_order: Callable[..., Any]
    creation: Creation[Any] | None = None
    # Where members of an object change by themselves: those that `If-Match` is about.
    compared_members: tuple[str, ...] = ()
    # What the body gives of members that cannot be written.
    unwritable: Mapping[str, Any] = MappingProxyType({})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Check a call, do what it asks for, and answer: DRF's, with `Idempotency-Key`."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            is_idempotent = self.request.method in self.idempotent_methods
            if is_idempotent and idempotency.HEADER in self.request.headers:
                response = idempotency.answer_once(self.request, self.answered)
            else:
                response = self.handled()
        except Exception as error:  # noqa: BLE001 - as in DRF's; it logs our faults
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def handled(self) -> Response:
        """Return what the method's handler answers.

        Raises:
            Exception: that of the short way, if it may have done something.
        """
        if FAULT in self.request.META:
            raise self.request.META[FAULT]
        name = str(self.request.method).lower()
        handler: Callable[..., Response] = self.http_method_not_allowed
        if name in self.http_method_names:
            handler = getattr(self, name, handler)
        return handler(self.request, *self.args, **self.kwargs)

    def answered(self) -> Response:
        """Return what the method's handler answers, also where that is a problem."""
        try:
            return self.handled()
        except Exception as error:  # noqa: BLE001 - as in `dispatch`
            return self.handle_exception(error)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown query parameters, after access has been checked.

        Raises:
            ValidationError: naming each of them.
        """
        super().initial(request, *args, **kwargs)
        if is_of_browsable_api(request):
            self.leave_out_what_forms_add()
        known = {"format"} | self.query_parameters()
        faults = {
            name: "There is no such parameter."
            for name in request.query_params
            if name not in known
        }
        for name, values in request.query_params.lists():
            if name in known and any("\0" in value for value in values):
                faults[name] = "A NUL character is not part of any value."
        if faults:
            raise ValidationError(self.parameter_faults() | faults)

    def leave_out_what_forms_add(self) -> None:
        """Take out of the query what the browsable API's forms put there.

        Its filters are sent with those that nobody filled in, and whatever changes something is
        sent to the address of the page that shows the form.
        """
        request = self.request._request
        kept: Any = request.GET.copy()
        filters = getattr(getattr(self, "filterset_class", None), "base_filters", {})
        for name, values in request.GET.lists():
            if request.method not in SAFE_METHODS and name != "format":
                del kept[name]
            elif name in filters:
                kept.setlist(name, [value for value in values if value])
        request.META["QUERY_STRING"] = kept.urlencode()
        request.GET = kept

    def get_extra_action_url_map(self) -> dict[str, str]:
        """Return what the browsable API leads to from an object: what can be read."""
        urls: dict[str, str] = super().get_extra_action_url_map()
        actions: list[Any] = self.get_extra_actions()
        unreadable = {each.kwargs["name"] for each in actions if "get" not in each.mapping}
        return {name: url for name, url in urls.items() if name not in unreadable}

    def parameter_faults(self) -> dict[str, Any]:
        """Return what is wrong with the known parameters of the action."""
        checks: list[Callable[[], Any]] = []
        if self.takes_fields():
            checks = [lambda: read_fields(self.request, self)]
        elif self.action in self.list_actions:
            checks = [
                lambda: read_page(self.request, self),
                lambda: self.filter_queryset(self.get_queryset()),
            ]
        faults: dict[str, Any] = {}
        for check in checks:
            try:
                check()
            except ValidationError as error:
                faults |= cast(dict[str, Any], error.detail)
        return faults

    def query_parameters(self) -> set[str]:
        """Return the parameters that this action takes."""
        if self.action not in self.list_actions:
            gohans = {GOHANS_FIELDS} if self.takes_gohan_parameters else set()
            return {"fields"} | gohans if self.takes_fields() else set()
        parameters = set(list_parameters(self))
        if filters := getattr(self, "filterset_class", None):
            parameters |= set(filters.base_filters)
        return parameters

    def takes_fields(self) -> bool:
        """Tell whether the action answers with an object of which some fields can be asked for."""
        return self.action in self.object_actions and hasattr(self, "fields")

    def has_field(self, name: str) -> bool:
        """Tell whether `fields` may name this member."""
        return name in self.fields

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return caller_of(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows of the caller's tenant."""
        return visible_to(self.caller, self.model._default_manager.all(), shared=self.shared)

    def object_id(self) -> UUID:
        """Return the id in the path.

        Raises:
            NotFound: it is malformed, and so names nothing.
        """
        value = parse_uuid(self.kwargs["pk"])
        if value is None:
            raise self.no_such(self.kwargs["pk"])
        return value

    def no_such(self, given: Any) -> NotFound:
        """Return the 404 of an id that names nothing the caller can see."""
        return NotFound(f"There is no {self.model._meta.verbose_name} {given}.")

    def row(self, object_id: UUID | None = None) -> dict[str, Any]:
        """Return the row of the path's id, or of one given.

        Raises:
            NotFound: there is none that the caller can see.
        """
        object_id = object_id or self.object_id()
        rows = self.get_queryset().filter(pk=object_id).values("pk", *self.columns)
        row: dict[str, Any] = self.only(rows, object_id)
        return row

    def instance(self) -> Any:
        """Return the model instance of the path's id, for the services.

        Raises:
            NotFound: there is none that the caller can see.
        """
        return self.only(self.get_queryset().filter(pk=self.object_id()), self.kwargs["pk"])

    def only(self, rows: QuerySet[Any], given: Any) -> Any:
        """Return the one row of an id.

        Raises:
            NotFound: there is none.
        """
        # Not `first`, which sorts.
        found = list(rows)
        if not found:
            raise self.no_such(given)
        return found[0]

    def page_of(
        self, queryset: QuerySet[Any], represent: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Response:
        """Return one page of a queryset, each row printed, cut to the `fields` asked for."""
        rows = self.paginate_queryset(queryset)
        paginator = cast(Pagination, self.paginator)
        names = paginator.page.fields
        printed = [with_fields(represent(row), names, self) for row in rows or []]
        return paginator.get_paginated_response(self.wrap_list(printed))

    def one(self, printed: dict[str, Any], **kwargs: Any) -> Response:
        """Return one printed object with its ETag; nothing if the caller's copy is the same.

        A page of the browsable API is another representation, and has no tag.
        """
        names = read_fields(self.request, self) if self.takes_fields() else ()
        shown = self.wrap_one(with_fields(printed, names, self))
        if self.request.accepted_renderer.format != "json":
            return Response(shown, **kwargs)
        # Also of some fields it is the whole object's: what `If-Match` is compared with.
        etag = etag_of(printed, self.compared_members)
        headers = kwargs.pop("headers", {}) | {"ETag": etag}
        if self.request.method in ("GET", "HEAD") and is_unmodified(self.request, etag):
            return Response(status=304, headers=headers)
        return Response(shown, headers=headers, **kwargs)

    def wrap_one(self, printed: dict[str, Any]) -> Any:
        """Return an object's body: SONATA's resources print it bare."""
        return printed

    def precondition(self, locked: Any) -> None:
        """Compare a locked object with the one that the caller saw.

        Raises:
            PreconditionFailed: by `If-Match` or `If-None-Match`, it is not to be changed as it is.
            ValidationError: what cannot be written is not as the body has it.
        """
        if self.unwritable or not PRECONDITIONS.isdisjoint(self.request.headers):
            now = self.represent(self.row(locked.pk))
            refuse_if_changed(self.request, now)
            if faults := changed_members(self.unwritable, now):
                raise ValidationError(faults)

    def wrap_list(self, printed: list[dict[str, Any]]) -> Any:
        """Return a list's body: SONATA's resources print a bare array."""
        return printed

    def body(self) -> Any:
        """Return the request's body, which there must be.

        Raises:
            ParseError: it is empty.
            ValidationError: a field of the browsable API's form is a file.
        """
        length = self.request.META.get("CONTENT_LENGTH") or "0"
        if length == "0" and self.action not in self.bodiless_actions:
            raise ParseError("The body is empty; a JSON object is expected.")
        if files := self.request.FILES:
            raise ValidationError(dict.fromkeys(files, "This is a file; text is expected."))
        return self.unwrapped(self.request.data)

    def unwrapped(self, data: Any) -> Any:
        """Return the object in a body: SONATA's resources have it bare."""
        return data

    def validated(self, instance: Any = None) -> dict[str, Any]:
        """Return the body's members, checked by the action's serializer.

        Args:
            instance: what is to be changed. Of the members of it that cannot be written, those
                that are given are compared by `precondition`.

        Raises:
            ValidationError: with every fault.
        """
        context: dict[str, Any] = dict(self.get_serializer_context())
        if instance is not None:
            context["now"] = self.represent(
                {name: getattr(instance, name) for name in self.columns}
            )
        serializer: Any = self.get_serializer(data=self.body(), context=context)
        serializer.is_valid(raise_exception=True)
        self.unwritable = serializer.unwritable
        return dict(serializer.validated_data)


class ListMixin:
    """GET of a collection."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page."""
        view: Any = self
        try:
            rows = view.filter_queryset(view.get_queryset())
        except ValidationError as error:
            raise ValidationError(view.parameter_faults()) from error
        page: Response = view.page_of(rows, view.represent)
        return page


class RetrieveMixin:
    """GET of one object."""

    @extend_schema(parameters=[FIELDS])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the object."""
        view: Any = self
        answer: Response = view.one(view.represent(view.row()))
        return answer
