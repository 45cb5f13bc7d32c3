from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0009_failed_work"),
    ]

    operations = [
        migrations.CreateModel(
            name="ManoState",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "running"), ("paused", "paused")],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=150, null=True)),
            ],
            options={
                "verbose_name": "MANO",
                "verbose_name_plural": "MANO",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_mano_state")
                ],
            },
        ),
    ]
