"""SQL that is made once for all reads that differ in values alone .

Django compiles the query of a view set with stand-ins in place of a call's values, each of which is
no other value; where they come to stand, those of each call are put.
"""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from typing import Any, TypeAlias, cast
from uuid import uuid4

import orjson
from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    DateTimeField,
    F,
    ForeignKey,
    Func,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.http import QueryDict

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.access.services import KNOWN_BY_DIGEST, KNOWN_COLUMNS
from gatekeeper_site.api.filters import (
    AnyOfBooleanField,
    AnyOfChoiceField,
    AnyOfField,
    AnyOfTimeField,
    AnyOfUUIDField,
)
from gatekeeper_site.api.hot_reads.kept import SERVER, STATE
from gatekeeper_site.api.hot_reads.resources import LeftToTheView
from gatekeeper_site.api.ordering import COMPARED, Ordering
from gatekeeper_site.api.pagination import list_parameters
from gatekeeper_site.api.views import ResourceViewSet
from gatekeeper_site.core.counting import EXACT_UP_TO

# Which filters a list has, by name, each with how many values, or with the values themselves.
Shape: TypeAlias = tuple[tuple[str, int | tuple[Any, ...]], ...]
SHAPES_KEPT = 1000
# How PostgreSQL prints a time as `clock.iso_z` does.
PRINTED_TIME = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


# 64 bits hold any number of 18 digits. Of a number, and seldom of a text, it follows one of these.
TOO_LONG = b"0" * 19
TOO_LONG_NUMBERS = [before + TOO_LONG for before in (b" ", b"[", b":", b",", b"-")]
DIGITS_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)


TENANT = "the caller's tenant"
# Of a row, what is another when it was changed: on a server, and anywhere.
ROW_VERSION = "object.xmin::text || object.ctid::text"
VERSION = f"{ROW_VERSION} || ' ' || {SERVER}"
AS_KEPT = "0"
# What is printed is asked of those rows alone that are shown, not of those that are passed over.
PAGE = """
SELECT json_build_array({state}, {server}, array_to_string(ARRAY(
    SELECT object.row_id::text || ' ' || {version}
    FROM ({rows} LIMIT %s OFFSET %s) AS object
), ';'){counted}, {seconds})::text
"""
# Until this is evaluated, which is after what stands before it.
SECONDS = "extract(epoch FROM clock_timestamp() - statement_timestamp())"
COUNTED = ", (SELECT COUNT(*) FROM ({ids} LIMIT {up_to}) AS listed)"
# Of filters by these, values are parameters of the SQL; of words there are few, and a shape each.
STAND_INS: dict[type[AnyOfField], Callable[[], Any]] = {
    AnyOfField: lambda: uuid4().hex,
    AnyOfUUIDField: uuid4,
    AnyOfTimeField: lambda: datetime.fromtimestamp(random.uniform(0, 10**9), UTC),  # noqa: S311
}
WORDS = (AnyOfChoiceField, AnyOfBooleanField)


@dataclass(frozen=True)
class Stand:
    """Where a value of a call goes: which of those of a filter."""

    name: str
    number: int = 0


@dataclass(frozen=True)
class SQL:
    """A statement, and what its parameters are."""

    text: str
    # A `Stand`, or the parameter itself.
    parameters: tuple[Any, ...]

    def filled(self, values: dict[str, Any]) -> list[Any]:
        """Return the parameters of a call.

        Args:
            values: those of each of its filters, and the tenant.
        """
        return [
            values[each.name][each.number] if isinstance(each, Stand) else each
            for each in self.parameters
        ]


@dataclass(frozen=True)
class ListSQL:
    """The statements of a list."""

    # All ids.
    ids: SQL
    # What `page_read` reads. Further parameters are how many rows, and after how many.
    page: SQL
    # That, and how many there are. Further parameters are those of `ids`.
    counted_page: str


def read_json(text: str) -> Any:
    """Return the value of JSON that PostgreSQL has printed.

    Of integers that are too long for it, orjson makes floats.
    """
    if text == "[]":
        return []
    encoded = text.encode()
    alike = b" " + encoded.translate(DIGITS_ALIKE)
    if TOO_LONG in alike and any(number in alike for number in TOO_LONG_NUMBERS):
        return json.loads(text)
    return orjson.loads(encoded)


def refuse_unusual_fields(view: ResourceViewSet, parameters: QueryDict) -> None:
    """Have `fields` name members that every object has, if anything.

    Raises:
        LeftToTheView: it names others.
    """
    if not set(parameters.get("fields", view.fields[0]).split(",")) <= set(view.fields):
        raise LeftToTheView


def shape_of(
    view: type[ResourceViewSet], parameters: QueryDict
) -> tuple[Shape, dict[str, Sequence[Any]]]:
    """Return the shape of a list's query by its filters, and their values.

    Raises:
        LeftToTheView: there is an unknown parameter, or a filter that makes more of its values.
        ValidationError: a value is wrong.
    """
    known: dict[str, Any] = view.filterset_class.base_filters  # type: ignore[attr-defined]
    shape: list[tuple[str, int | tuple[Any, ...]]] = []
    values: dict[str, Sequence[Any]] = {}
    for name, texts in parameters.lists():
        if name in known:
            given = known[name].field.to_python(texts)
            if known[name].field_class in STAND_INS:
                if known[name].lookup_expr != "exact" and len(given) > 1:
                    raise LeftToTheView
                values[name] = given
                shape.append((name, len(given)))
            elif known[name].field_class in WORDS:
                shape.append((name, tuple(given)))
            else:
                raise LeftToTheView
        elif name not in list_parameters(view):
            raise LeftToTheView
    return tuple(shape), values


@lru_cache(maxsize=SHAPES_KEPT)
def list_sql(
    view: type[ResourceViewSet],
    role: str,
    has_tenant: bool,
    shape: Shape,
    column: str,
    is_descending: bool,
) -> ListSQL:
    """Return the statements of a list.

    Raises:
        EmptyResultSet: the conditions contradict each other.
    """
    stands: dict[Any, Stand] = {}

    def stand_in(name: str, number: int, value: Any) -> Any:
        stands[value] = Stand(name, number)
        return value

    tenant_id = stand_in(TENANT, 0, uuid4().hex) if has_tenant else ""
    caller = Caller(user=cast(Any, AnonymousUser()), role=role, tenant_id=tenant_id)
    queryset = visible_to(caller, view.model._default_manager.all(), shared=view.shared)
    known: dict[str, Any] = view.filterset_class.base_filters  # type: ignore[attr-defined]
    for name, given in shape:
        if isinstance(given, int):
            make = STAND_INS[known[name].field_class]
            values = [stand_in(name, number, make()) for number in range(given)]
        else:
            values = list(given)
        queryset = known[name].filter(queryset, values)
    order = Ordering(view.model, column, is_descending)
    if order.key == COMPARED:
        raise LeftToTheView
    ordered = order.applied(queryset)
    ids_text, ids_parameters = queryset.order_by().values("pk").query.sql_with_params()
    table = view.model._meta.db_table
    system = {name: RawSQL(f'"{table}".{name}', []) for name in ("xmin", "ctid")}  # noqa: S611
    selected = ordered.annotate(row_id=F("pk"), **system).values_list("row_id", *system)
    page_text, page_parameters = selected.query.sql_with_params()
    page = partial(
        PAGE.format,
        state=STATE,
        server=SERVER,
        version=ROW_VERSION,
        rows=page_text,
        seconds=SECONDS,
    )
    counted = COUNTED.format(ids=ids_text, up_to=EXACT_UP_TO + 1)
    return ListSQL(
        ids=SQL(ids_text, stood(ids_parameters, stands)),
        page=SQL(page(counted=""), stood(page_parameters, stands)),
        counted_page=page(counted=counted),
    )


def stood(parameters: Iterable[Any], stands: dict[Any, Stand]) -> tuple[Any, ...]:
    """Return a statement's parameters with what stands where a value of each call is to be."""
    return tuple(stands.get(each, each) for each in parameters)


@cache
def one_sql(view: type[ResourceViewSet]) -> str:
    """Return what selects, at once, who calls and one object, whosesoever it is.

    What it tells of the object is null where there is none, AS_KEPT where it is as it was when it
    had a version, and else an array of that and its `own_columns`. Its parameters, amid those of
    who calls, are a version and the object's id.
    """
    row = f"CASE WHEN {VERSION} = %s THEN '{AS_KEPT}' ELSE {row_of(view, VERSION)} END"
    rows = f"{printed_rows(view)} = %s"
    return known_sql(f", (SELECT {row} FROM ({rows}) AS object)")  # noqa: S608


@cache
def rows_sql(view: type[ResourceViewSet]) -> str:
    """Return what selects rows by the text of an array of their ids, as one JSON array.

    It has the server, and for each row an array of its version there and its `own_columns`.
    """
    rows = f"{printed_rows(view)} = ANY (%s::uuid[])"
    found = f"json_build_array({SERVER}, json_agg({row_of(view, ROW_VERSION)}))"
    return f"SELECT {found}::text FROM ({rows}) AS object"  # noqa: S608


def page_read(text: str) -> tuple[str, str, list[str], float, list[int]]:
    """Return which state a page's statement has seen, on which server, and the page's rows.

    Of each there is the id and, after a space, its version on that server. Then there are the
    seconds that the statement took, and how many rows there are, if they were counted.
    """
    state, server, joined, *number, seconds = orjson.loads(text)
    return state, server, joined.split(";") if joined else [], seconds, number


def row_of(view: type[ResourceViewSet], version: str) -> str:
    """Return what prints a row of `printed_rows`."""
    columns = "".join(f", object.printed_{each}" for each in own_columns(view))
    return f"json_build_array({version}{columns})"


def own_columns(view: type[ResourceViewSet]) -> tuple[str, ...]:
    """Return the columns that are read of a row, its id first."""
    return tuple(dict.fromkeys((view.model._meta.pk.name, "tenant_id", *view.columns)))


def printed_rows(view: type[ResourceViewSet]) -> str:
    """Return what selects rows as they are printed, up to what their ids are to be."""
    table = view.model._meta.db_table
    system = {name: RawSQL(f'"{table}".{name}', []) for name in ("xmin", "ctid")}  # noqa: S611
    rows = printed_columns(view.model._default_manager.filter(pk=uuid4()), own_columns(view))
    text: str = rows.annotate(**system).query.sql_with_params()[0]
    return text.removesuffix(" = %s")


def known_sql(columns: str) -> str:
    """Return what selects who calls, and more, as one JSON array.

    psycopg2 makes a description of each column of each answer, which takes longer than to read one
    text.
    """
    array = f"json_build_array({KNOWN_COLUMNS}{columns})::text"
    return KNOWN_BY_DIGEST.format(columns=array)


def printed_columns(queryset: QuerySet[Any], columns: Sequence[str]) -> QuerySet[Any]:
    """Select columns, ids and times as they are printed: what the database does costs less."""
    model: Any = queryset.model
    printed = {}
    for name in columns:
        field = model._meta.get_field(name)
        column: Any = F(name)
        if isinstance(field, (UUIDField, ForeignKey)):
            column = Cast(F(name), TextField())
        elif isinstance(field, DateTimeField):
            column = Func(F(name), template=PRINTED_TIME, output_field=TextField())
        printed[f"printed_{name}"] = column
    selected: QuerySet[Any] = queryset.annotate(**printed).values_list(*printed)
    return selected
