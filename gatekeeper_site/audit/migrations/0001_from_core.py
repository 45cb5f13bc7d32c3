from django.db import migrations, models

import gatekeeper_site.core.tenants


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0011_rooms_of_their_own"),
    ]

    operations = [
        # The table stays as it is.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AuditEntry",
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
                        ("at", models.DateTimeField()),
                        (
                            "actor",
                            models.CharField(
                                help_text="A user's name; `mano`, `etcd` or `gatekeeper` for no person.",
                                max_length=150,
                            ),
                        ),
                        ("user_id", models.BigIntegerField(null=True, verbose_name="user id")),
                        ("token_id", models.BigIntegerField(null=True, verbose_name="token id")),
                        ("address", models.CharField(blank=True, max_length=64)),
                        (
                            "via",
                            models.CharField(
                                choices=[
                                    ("api", "API"),
                                    ("admin", "admin"),
                                    ("task", "task: the worker, by itself"),
                                    ("mano", "MANO: an answer of it"),
                                    ("etcd", "etcd: an agent"),
                                    ("command", "command: manage.py"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "request_id",
                            models.CharField(blank=True, max_length=128, verbose_name="request id"),
                        ),
                        ("traceparent", models.CharField(blank=True, max_length=55)),
                        (
                            "tenant_id",
                            gatekeeper_site.core.tenants.TenantField(
                                blank=True, default="", max_length=32, verbose_name="tenant"
                            ),
                        ),
                        ("action", models.CharField(max_length=32)),
                        ("object_type", models.CharField(max_length=32, verbose_name="object")),
                        ("object_id", models.CharField(max_length=64, verbose_name="object id")),
                        ("changes", models.JSONField(help_text="{member: [before, after]}")),
                    ],
                    options={
                        "verbose_name_plural": "audit entries",
                        "db_table": "core_auditentry",
                        "indexes": [
                            models.Index(fields=["at", "id"], name="audit_by_time"),
                            models.Index(
                                fields=["object_id", "object_type", "at"], name="audit_by_object"
                            ),
                            models.Index(fields=["tenant_id", "at"], name="audit_by_tenant"),
                            models.Index(fields=["request_id"], name="audit_by_request"),
                            models.Index(fields=["actor", "at"], name="audit_by_actor"),
                            models.Index(fields=["action", "at"], name="audit_by_action"),
                            models.Index(fields=["object_type", "at"], name="audit_by_object_type"),
                            models.Index(fields=["via", "at"], name="audit_by_via"),
                        ],
                    },
                ),
            ],
        ),
    ]
