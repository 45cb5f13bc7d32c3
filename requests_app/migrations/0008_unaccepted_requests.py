from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0007_status_events")]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("handover_began_at__isnull", False), ("status", "NEW")),
                fields=["handover_began_at"],
                name="request_unaccepted",
            ),
        ),
    ]
