from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0014_cases_of_nobody")]

    operations = [
        migrations.AddField(
            model_name="osmorder",
            name="packages",
            field=models.JSONField(
                default=list, help_text="Ids of those that are there, in order."
            ),
        ),
    ]
