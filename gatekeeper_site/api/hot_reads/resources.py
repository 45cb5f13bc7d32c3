"""The resources whose reads are answered in the short way, by the paths of their lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from django.conf import settings
from django.views import View
from rest_framework.routers import SimpleRouter

from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.api.views import ResourceViewSet

Headers: TypeAlias = list[tuple[str, str]]
Row: TypeAlias = Sequence[Any] | None

# By what an answer varies: by the site too, where other sites' scripts may call (corsheaders).
VARY = ("Vary", "Accept, origin" if settings.CORS_ALLOWED_ORIGINS else "Accept")

# By the path of the list.
resources: dict[str, "Resource"] = {}
# By the path.
fixed_answers: dict[str, "Answer"] = {}


class LeftToTheView(Exception):
    """This is no read that is answered in the short way."""


@dataclass(frozen=True)
class Answer:
    """What a call gets."""

    status: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Question:
    """What the database is asked, by one statement, and what answers by its first row, or asks on.

    It is planned once for each connection, or each time, by its values.
    """

    sql: str
    parameters: Sequence[Any]
    answer: "Callable[[Row], Answer | Question]"
    is_planned: bool = False


@dataclass(frozen=True)
class Resource:
    """A resource's view set, as it lists and as it shows one object."""

    view: type[ResourceViewSet]
    as_list: ResourceViewSet
    as_one: ResourceViewSet
    allowed_for_list: str
    allowed_for_one: str
    # What stands before and after a list's objects.
    around_list: tuple[bytes, bytes]


def register(router: SimpleRouter, *prefixes: str, below: Iterable[str] = ("",)) -> None:
    """Have the reads of a router's resources answered here.

    Args:
        router: has their view sets.
        prefixes: the paths of their lists.
        below: each of which these paths are served below.
    """
    for prefix, registered, _ in router.registry:
        if prefix in prefixes:
            viewset = cast(type[ResourceViewSet], registered)
            routes = {route.name: route for route in router.get_routes(viewset)}
            list_route, one_route = routes["{basename}-list"], routes["{basename}-detail"]
            as_list, as_one = viewset(), viewset()
            as_list.action, as_one.action = "list", "retrieve"
            resource = Resource(
                viewset,
                as_list,
                as_one,
                allowed(router.get_method_map(viewset, list_route.mapping)),
                allowed(router.get_method_map(viewset, one_route.mapping)),
                around_list(as_list),
            )
            resources.update({f"{parent}/{prefix}": resource for parent in below})


def around_list(view: ResourceViewSet) -> tuple[bytes, bytes]:
    """Return what stands before and after a list's objects."""
    before, brackets, after = to_json(view.wrap_list([])).partition(b"[]")
    return before + brackets[:1], brackets[1:] + after


def register_fixed(path: str, body: Any) -> None:
    """Have a path answer always the same, to everybody."""
    text = to_json(body)
    headers = [
        ("Content-Type", "application/json"),
        VARY,
        ("Allow", "GET, HEAD"),
        ("Content-Length", str(len(text))),
    ]
    fixed_answers[path] = Answer("200 OK", headers, text)


def allowed(methods: Mapping[str, str]) -> str:
    """Return the Allow header of a path's methods."""
    known = {*methods, "head", "options"}
    return ", ".join(name.upper() for name in View.http_method_names if name in known)
