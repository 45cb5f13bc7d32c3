"""What HA objects are called where there is no room for a whole id."""

from ha_app.models import HaObject

ID_BEGINNING = 8


def short_name(row: HaObject) -> str:
    """Return an object's name; its id where it has none."""
    return row.name or str(row.pk)


def told_apart(row: HaObject) -> str:
    """Return an object's name with the beginning of its id, as several may have one name."""
    return f"{row.name} ({str(row.pk)[:ID_BEGINNING]})" if row.name else str(row.pk)
