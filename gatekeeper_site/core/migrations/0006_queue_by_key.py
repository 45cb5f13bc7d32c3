"""The index by which the next task of a queue is found; the table is django-q's."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_outbox_and_event_counts"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX queue_by_key ON django_q_ormq (key, id)",
            "DROP INDEX queue_by_key",
        ),
    ]
