from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone


def give_a_day(apps, schema_editor):
    """Let what waits already wait for a day from now on."""
    deliveries = apps.get_model("requests_app", "CallbackDelivery").objects
    pending = deliveries.filter(outcome="PENDING", due_at__isnull=False)
    pending.update(give_up_at=timezone.now() + timedelta(days=1))


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0004_retries_and_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="callbackdelivery",
            name="give_up_at",
            field=models.DateTimeField(
                help_text="From when on it no longer waits for a host that takes nothing.",
                null=True,
            ),
        ),
        migrations.RunPython(give_a_day, migrations.RunPython.noop),
    ]
