from django.db import migrations, models


def keep_verdicts(apps, schema_editor):
    """Write on each record what its check has said."""
    records = apps.get_model("records_app", "ServiceRecord").objects
    for verdict, is_in_sync in ((0, False), (1, True)):
        records.filter(instance_check__in_sync=is_in_sync).update(sync_verdict=verdict)


class Migration(migrations.Migration):
    dependencies = [
        ("records_app", "0004_sync_verdict"),
        ("requests_app", "0012_instance_checks"),
    ]

    operations = [
        migrations.RunPython(keep_verdicts, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="instancecheck", name="check_by_verdict"),
        migrations.RemoveField(model_name="instancecheck", name="in_sync"),
        migrations.AddField(
            model_name="osmorder",
            name="package_of",
            field=models.UUIDField(null=True),
        ),
    ]
