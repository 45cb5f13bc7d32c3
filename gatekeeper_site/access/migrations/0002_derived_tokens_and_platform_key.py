import django.db.models.deletion
from django.db import migrations, models

import gatekeeper_site.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_from_core"),
    ]

    operations = [
        migrations.AddField(
            model_name="token",
            name="source",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="By which somebody logged in for this one, which ends with it.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="derived",
                to="access.token",
            ),
        ),
        migrations.CreateModel(
            name="PlatformKey",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("private_key", models.TextField(help_text="PKCS #8, PEM")),
                ("public_key", models.TextField(help_text="base64 of the DER, in one line")),
                (
                    "created_at",
                    models.DateTimeField(default=gatekeeper_site.core.clock.now, editable=False),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_platform_key")
                ],
            },
        ),
    ]
