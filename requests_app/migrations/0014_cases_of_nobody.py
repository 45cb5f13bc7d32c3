"""Failed work that is nobody's, by its age: the first page counts it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0013_verdicts_and_packages")]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                fields=["created_at", "tenant_id"],
                condition=models.Q(("assignee__isnull", True), ("case_state", "open")),
                name="request_cases_of_nobody",
            ),
        ),
    ]
