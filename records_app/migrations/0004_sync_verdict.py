from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records_app", "0003_addresses_by_index")]

    operations = [
        migrations.AddField(
            model_name="servicerecord",
            name="sync_verdict",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "differs"), (1, "in sync"), (2, "not known")],
                db_default=2,
                default=2,
                editable=False,
            ),
        ),
        migrations.AddIndex(
            model_name="servicerecord",
            index=models.Index(
                fields=["sync_verdict", "-created_at", "-uuid"], name="nsr_by_verdict"
            ),
        ),
    ]
