import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gatekeeper_site.core.clock
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
                    name="ThrottleWindow",
                    fields=[
                        (
                            "key",
                            models.CharField(max_length=100, primary_key=True, serialize=False),
                        ),
                        ("count", models.IntegerField()),
                        ("ends_at", models.FloatField(help_text="seconds since the epoch")),
                        (
                            "is_audited",
                            models.BooleanField(
                                db_default=False,
                                default=False,
                                help_text="Of logins: whether the audit has the pause.",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "core_throttlewindow",
                    },
                ),
                migrations.CreateModel(
                    name="UserAccess",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("viewer", "viewer: reads"),
                                    (
                                        "operator",
                                        "operator: also creates, changes, deletes within its tenant",
                                    ),
                                    ("admin", "admin: every tenant, and state edits"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "tenant_id",
                            gatekeeper_site.core.tenants.TenantField(
                                blank=True, default="", max_length=32, verbose_name="tenant"
                            ),
                        ),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="access",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "access",
                        "verbose_name_plural": "access",
                        "db_table": "core_useraccess",
                    },
                ),
                migrations.CreateModel(
                    name="Token",
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
                        ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("viewer", "viewer: reads"),
                                    (
                                        "operator",
                                        "operator: also creates, changes, deletes within its tenant",
                                    ),
                                    ("admin", "admin: every tenant, and state edits"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "tenant_id",
                            gatekeeper_site.core.tenants.TenantField(
                                blank=True, default="", max_length=32, verbose_name="tenant"
                            ),
                        ),
                        (
                            "login_digest",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                editable=False,
                                help_text="Of a login: what the user was then. Empty: the token was made as such.",
                                max_length=64,
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                default=gatekeeper_site.core.clock.now, editable=False
                            ),
                        ),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "last_used_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "core_token",
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["created_at", "id"], name="token_by_creation")
                        ],
                    },
                ),
            ],
        ),
    ]
