"""Rows that hot calls lock and write, by SQL that is made once for each model.

Django compiles each statement of each call, which costs more than what the database does for it.
What is written together goes to PostgreSQL as one message. On SQLite Django's own way is taken.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Field, JSONField, Model

ModelType = TypeVar("ModelType", bound=Model)
# An object that is stored, and those of its fields that are to be written.
Change: TypeAlias = tuple[Model, Sequence[str]]
# An object's attribute, and the field if it has JSON: any other value psycopg2 takes as it is.
Column: TypeAlias = tuple[str, "JSONField[Any, Any] | None"]


def write(new: Iterable[Model], changed: Iterable[Change] = ()) -> None:
    """Insert objects of any models and update others, in the transaction of their change.

    Args:
        new: unsaved ones. A key that the database makes is not known afterwards.
        changed: what has changed of (locked) objects.

    Raises:
        TransactionManagementError: no transaction is open.
        IntegrityError: a constraint is violated.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        raise transaction.TransactionManagementError(
            "A row is written in the transaction of its change, and there is none."
        )
    groups: list[tuple[Any, list[Model]]] = [
        (model, list(rows)) for model, rows in groupby(new, key=type)
    ]
    if database.vendor != "postgresql":
        for model, rows in groups:
            model._default_manager.bulk_create(rows)
        for instance, names in changed:
            instance.save(update_fields=names)
        return
    statements = []
    parameters: list[Any] = []
    for model, rows in groups:
        columns, beginning, places = insertion(model)
        statements.append(beginning + ", ".join([places] * len(rows)))
        for row in rows:
            parameters += stored_values(row, columns, database)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    for instance, names in changed:
        columns, statement = update(type(instance), tuple(names))
        statements.append(statement)
        parameters += stored_values(instance, columns, database)
    if statements:
        with database.cursor() as cursor:
            cursor.execute("; ".join(statements), parameters)


def locked(model: type[ModelType], ids: Collection[UUID]) -> dict[UUID, ModelType]:
    """Lock the objects of a model that have one of some ids, in the order of those; return them."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        rows = model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
        return {row.pk: row for row in rows}
    columns, statement = locking(model)
    names = [name for name, _ in columns]
    with database.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        found = [
            model.from_db(DEFAULT_DB_ALIAS, names, read_values(values, columns, database))
            for values in cursor.fetchall()
        ]
    return {row.pk: row for row in found}


def columns_of(
    model: type[Model], names: tuple[str, ...], ids: Collection[UUID]
) -> dict[UUID, tuple[Any, ...]]:
    """Return some columns, none of them JSON, of the objects that have one of some ids."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        rows = model._default_manager.filter(pk__in=ids).values_list("pk", *names)
        return {key: values for key, *values in rows}
    with database.cursor() as cursor:
        cursor.execute(selection(model, names), [list(ids)])
        return {key: values for key, *values in cursor.fetchall()}


def stored_values(instance: Model, columns: Sequence[Column], database: Any) -> list[Any]:
    """Return columns of an object as psycopg2 takes them."""
    return [
        getattr(instance, name)
        if json is None
        else json.get_db_prep_save(getattr(instance, name), database)
        for name, json in columns
    ]


def read_values(values: Sequence[Any], columns: Sequence[Column], database: Any) -> list[Any]:
    """Return columns of an object as its attributes have them."""
    return [
        value if json is None else json.from_db_value(value, None, database)  # type: ignore[arg-type]
        for value, (_, json) in zip(values, columns, strict=True)
    ]


def column_of(field: "Field[Any, Any]") -> Column:
    """Return the column of a field."""
    return field.attname, field if isinstance(field, JSONField) else None


@cache
def insertion(model: type[Model]) -> tuple[list[Column], str, str]:
    """Return the columns that an INSERT of a model gives, its beginning, and a row's places."""
    options: Any = model._meta
    # An integer key is the database's to make.
    fields = [field for field in options.concrete_fields if field is not options.auto_field]
    named = ", ".join(quoted(field.column) for field in fields)
    beginning = f"INSERT INTO {quoted(options.db_table)} ({named}) VALUES "  # noqa: S608
    return list(map(column_of, fields)), beginning, f"({', '.join(['%s'] * len(fields))})"


def insertions_from(
    source: str, new: Iterable[Model], computed: Mapping[str, Mapping[str, str]]
) -> tuple[str, list[Any]]:
    """Return what inserts objects for each row of another query, as further parts of its WITH.

    Args:
        source: the query's name.
        new: unsaved objects.
        computed: by model, columns that SQL of the query's gives, with a %s where it takes the
            object's own.
    """
    database = connections[DEFAULT_DB_ALIAS]
    parts = []
    parameters: list[Any] = []
    for number, row in enumerate(new):
        own = computed.get(type(row).__name__, {})
        columns, text = insertion_from(type(row), source, tuple(own.items()))
        parts.append(f", written_{number} AS ({text})")
        parameters += stored_values(row, columns, database)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return "".join(parts), parameters


@cache
def insertion_from(
    model: type[Model], source: str, computed: tuple[tuple[str, str], ...]
) -> tuple[list[Column], str]:
    """Return the columns that such an INSERT takes of an object, and its text."""
    columns, beginning, _ = insertion(model)
    own = dict(computed)
    places = [own.get(name, "%s") for name, _ in columns]
    taken = [column for column, place in zip(columns, places, strict=True) if "%s" in place]
    into = beginning.removesuffix("VALUES ")
    return taken, f"{into}SELECT {', '.join(places)} FROM {source}"  # noqa: S608


@cache
def update(model: type[Model], names: tuple[str, ...]) -> tuple[list[Column], str]:
    """Return the columns whose values an UPDATE of one object takes, the key last, and its text."""
    options: Any = model._meta
    fields = [options.get_field(name) for name in names]
    given = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    table, key = quoted(options.db_table), quoted(options.pk.column)
    text = f"UPDATE {table} SET {given} WHERE {key} = %s"  # noqa: S608
    return list(map(column_of, [*fields, options.pk])), text


@cache
def locking(model: type[Model]) -> tuple[list[Column], str]:
    """Return a model's columns, and what selects and locks objects by their keys."""
    fields: Any = model._meta.concrete_fields
    columns = ", ".join(quoted(field.column) for field in fields)
    return list(map(column_of, fields)), f"{selecting(model, columns)} FOR UPDATE"


@cache
def selection(model: type[Model], names: tuple[str, ...]) -> str:
    """Return what selects the key and some columns of objects by their keys."""
    options: Any = model._meta
    fields = [options.pk, *(options.get_field(name) for name in names)]
    return selecting(model, ", ".join(quoted(field.column) for field in fields))


def selecting(model: type[Model], columns: str) -> str:
    """Return what selects columns of objects by their keys, in the order of those."""
    options: Any = model._meta
    key = quoted(options.pk.column)
    table = quoted(options.db_table)
    return f"SELECT {columns} FROM {table} WHERE {key} = ANY(%s) ORDER BY {key}"  # noqa: S608


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return connection.ops.quote_name(name)
