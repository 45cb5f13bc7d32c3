"""PostgreSQL finds a function record by an address in it through an index."""

from typing import Any

from django.db import migrations

# Its expression is records_app.selectors' `Addresses`, by which the planner knows it again.
CREATE = """
    CREATE INDEX vnfr_by_address ON records_app_functionrecord USING gin (
        jsonb_path_query_array(
            body,
            '$.** ? (@.type() == "object").keyvalue() ? (@.key like_regex "address").value'
        ) jsonb_path_ops
    )
"""


def create(apps: Any, schema_editor: Any) -> None:
    """Create the index where there is such a one; SQLite reads its few records."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX vnfr_by_address")


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("records_app", "0002_descriptor_format")]

    operations = [migrations.RunPython(create, drop)]
