import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gatekeeper_site.core.tenants


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0011_rooms_of_their_own"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The table stays as it is.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="IdempotentAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "tenant_id",
                            gatekeeper_site.core.tenants.TenantField(
                                blank=True, default="", max_length=32, verbose_name="tenant"
                            ),
                        ),
                        ("key", models.CharField(max_length=255)),
                        ("method", models.CharField(max_length=8)),
                        ("path", models.TextField()),
                        ("body_digest", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField(default=0)),
                        ("headers", models.JSONField(default=dict)),
                        ("body", models.TextField(default="null")),
                        ("content_type", models.CharField(blank=True, default="", max_length=100)),
                        ("created_at", models.DateTimeField(db_index=True)),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "core_idempotentanswer",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "tenant_id", "key"),
                                name="idempotency_key_is_unique_of_caller",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
