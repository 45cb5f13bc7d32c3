"""In what order a list's rows stand, and which come after a row (contract: http.md, Lists)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core import signing
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Left
from django.db.models.lookups import GreaterThan, LessThan
from rest_framework.exceptions import ValidationError

CURSOR_SALT = "gatekeeper.cursor"
# Of a text without a bound as much is compared: a cursor has it, and stands in an address.
COMPARED_CHARACTERS = 255
COMPARED = "compared_text"


class Row(Func):
    """SQL's row value `(a, b)`: compared as one, so that an index on both serves the comparison."""

    function = ""
    template = "(%(expressions)s)"
    output_field = BooleanField()


class CursorText:
    """What a cursor is made of, as compact JSON: Django's own writes six letters for each `é`."""

    def dumps(self, place: Any) -> bytes:
        """Return the text."""
        return orjson.dumps(place)

    def loads(self, text: bytes) -> Any:
        """Return the place."""
        return orjson.loads(text)


@dataclass(frozen=True)
class Ordering:
    """By which column the rows of a model are ordered; ties are broken by id, as it goes.

    Rows without a value come first, descending last, on every database.
    """

    model: type[Model]
    column: str
    is_descending: bool

    @property
    def field(self) -> Any:
        """The column's field."""
        meta = self.model._meta
        return meta.pk if self.column == "pk" else meta.get_field(self.column)

    @property
    def key(self) -> str:
        """What is compared: the column, or as much of its text as a cursor can have."""
        return COMPARED if isinstance(self.field, TextField) else self.column

    def applied(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return the rows in this order."""
        if self.key == COMPARED:
            queryset = queryset.annotate(**{COMPARED: Left(self.column, COMPARED_CHARACTERS)})
        if not self.field.null:
            sign = "-" if self.is_descending else ""
            return queryset.order_by(*(sign + name for name in dict.fromkeys((self.key, "pk"))))
        if self.is_descending:
            return queryset.order_by(F(self.key).desc(nulls_last=True), "-pk")
        return queryset.order_by(F(self.key).asc(nulls_first=True), "pk")

    def rows_after(self, queryset: QuerySet[Any, Any], cursor: str) -> QuerySet[Any, Any]:
        """Narrow rows in this order to what comes after a cursor.

        Raises:
            ValidationError: the cursor is not one of ours, or of another ordering.
        """
        try:
            place = signing.loads(cursor, salt=CURSOR_SALT, serializer=CursorText)
        except signing.BadSignature as error:
            raise ValidationError({"cursor": "This is not a cursor that a list gave."}) from error
        if place[:-2] != self.name:
            raise ValidationError({"cursor": "This cursor is of another list or ordering."})
        pk_field: Any = self.model._meta.pk
        value, pk = self.field.to_python(place[-2]), pk_field.to_python(place[-1])
        compare = LessThan if self.is_descending else GreaterThan
        after = Q(
            compare(
                Row(F(self.key), F("pk")),
                Row(Value(value, output_field=self.field), Value(pk, output_field=pk_field)),
            )
        )
        if self.field.null:
            after = self.after_null_or_not(after, value, pk)
        return queryset.filter(after)

    def after_null_or_not(self, after: Q, value: Any, pk: Any) -> Q:
        """Return the condition where some rows have no value, with which nothing compares."""
        without = Q(**{f"{self.key}__isnull": True})
        if value is not None:
            return after | without if self.is_descending else after
        if self.is_descending:
            return without & Q(pk__lt=pk)
        return (without & Q(pk__gt=pk)) | ~without

    def cursor_after(self, row: dict[str, Any]) -> str:
        """Return the cursor that continues after a row, signed: it needs no checks of its own."""
        place = [*self.name, printable(row[self.key]), printable(row["pk"])]
        return signing.dumps(place, salt=CURSOR_SALT, serializer=CursorText, compress=True)

    @property
    def name(self) -> list[Any]:
        """What tells this order from those of other lists."""
        return [self.model._meta.label, self.column, self.is_descending]


def printable(value: Any) -> Any:
    """Return a value as JSON has it; its field reads it back."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
