from django.db import migrations

ROOMS = {
    "access": ("throttlewindow", "token", "useraccess"),
    "api": ("idempotentanswer",),
    "audit": ("auditentry",),
    "work": ("outboxentry", "worker"),
}


def move_content_types(apps, schema_editor):
    """Keep what refers to a model by its content type, as the admin's log and permissions do."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    for room, models in ROOMS.items():
        content_types.filter(app_label="core", model__in=models).update(app_label=room)


def move_content_types_back(apps, schema_editor):
    """Undo `move_content_types`."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    for room, models in ROOMS.items():
        content_types.filter(app_label=room, model__in=models).update(app_label="core")


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("core", "0010_worker_seen_every_few_seconds"),
    ]

    operations = [
        # The tables stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(
                    name="AuditEntry",
                ),
                migrations.RemoveField(
                    model_name="idempotentanswer",
                    name="user",
                ),
                migrations.DeleteModel(
                    name="OutboxEntry",
                ),
                migrations.DeleteModel(
                    name="ThrottleWindow",
                ),
                migrations.RemoveField(
                    model_name="token",
                    name="user",
                ),
                migrations.RemoveField(
                    model_name="useraccess",
                    name="user",
                ),
                migrations.DeleteModel(
                    name="Worker",
                ),
                migrations.DeleteModel(
                    name="IdempotentAnswer",
                ),
                migrations.DeleteModel(
                    name="Token",
                ),
                migrations.DeleteModel(
                    name="UserAccess",
                ),
            ],
        ),
        migrations.RunPython(move_content_types, move_content_types_back),
    ]
