"""Tells which constraint of the database a write has violated, so that each gets its own words."""

from django.db import IntegrityError, connection
from django.db.models import Model, UniqueConstraint

# SQLSTATE; psycopg2 puts it on the error that Django's has as its cause.
FOREIGN_KEY_VIOLATION = "23503"
# SQLite names the columns of a key, and of a foreign key nothing.
SQLITE_UNIQUE = "UNIQUE constraint failed: "
SQLITE_FOREIGN_KEY = "FOREIGN KEY constraint failed"


def violates_unique(error: IntegrityError, model: type[Model], name: str) -> bool:
    """Tell whether a unique constraint of a model, by its name, is what a write has violated."""
    if connection.vendor == "postgresql":
        return violated_name(error) == name
    uniques = (each for each in model._meta.constraints if isinstance(each, UniqueConstraint))
    fields = next(each.fields for each in uniques if each.name == name)
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    named = [f"{model._meta.db_table}.{columns[name]}" for name in fields]
    return str(error) == SQLITE_UNIQUE + ", ".join(named)


def violates_primary_key(error: IntegrityError, model: type[Model]) -> bool:
    """Tell whether a write has violated a model's primary key: there is a row of that key."""
    if connection.vendor == "postgresql":
        return violated_name(error) == f"{model._meta.db_table}_pkey"
    return str(error) == f"{SQLITE_UNIQUE}{model._meta.db_table}.{model._meta.pk.column}"


def violates_foreign_key(error: IntegrityError) -> bool:
    """Tell whether what a write has violated is a foreign key, whichever."""
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "pgcode", None) == FOREIGN_KEY_VIOLATION
    return str(error) == SQLITE_FOREIGN_KEY


def violated_name(error: IntegrityError) -> str | None:
    """Return the name of the constraint, as PostgreSQL tells it."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None)
