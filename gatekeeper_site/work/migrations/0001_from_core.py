from django.db import migrations, models


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
                    name="OutboxEntry",
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
                            "object_type",
                            models.CharField(
                                help_text="As the API's paths name it: ha_routers.",
                                max_length=32,
                                verbose_name="object",
                            ),
                        ),
                        ("object_id", models.UUIDField(verbose_name="object id")),
                        ("created_at", models.DateTimeField()),
                        (
                            "not_before",
                            models.DateTimeField(
                                help_text="When it is tried again; null: at once.", null=True
                            ),
                        ),
                        (
                            "error",
                            models.TextField(
                                blank=True,
                                help_text="Why it could not be dealt with the last time.",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "outbox entries",
                        "db_table": "core_outboxentry",
                    },
                ),
                migrations.CreateModel(
                    name="Worker",
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
                            "name",
                            models.CharField(help_text="host:pid", max_length=255, unique=True),
                        ),
                        ("started_at", models.DateTimeField()),
                        (
                            "seen_at",
                            models.DateTimeField(
                                db_index=True,
                                help_text="written every few seconds while its task clusters work",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "core_worker",
                        "ordering": ("name",),
                    },
                ),
            ],
        ),
    ]
