from django.db import migrations, models


class Migration(migrations.Migration):
    """What else `GET /audit` filters by is found, in the order of the list, by an index."""

    dependencies = [
        ("core", "0008_logins"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["object_type", "at"], name="audit_by_object_type"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["via", "at"], name="audit_by_via"),
        ),
    ]
