from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0005_callbacks_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="unheard_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
