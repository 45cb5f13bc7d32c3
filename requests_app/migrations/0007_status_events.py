"""A request's events are those of anything with a status: as wide. PostgreSQL rewrites no row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0006_unheard_orders")]

    operations = [
        migrations.AlterField(
            model_name="requestevent",
            name="from_status",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AlterField(
            model_name="requestevent",
            name="to_status",
            field=models.CharField(max_length=24),
        ),
    ]
