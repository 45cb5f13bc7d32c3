from django.db import migrations, models
from django.db.models import Q

FORMATS = [("sonata", "sonata"), ("5gtango", "5gtango"), ("sol006", "sol006")]


def find_5gtangos(apps, schema_editor):
    """What is there was taken for SONATA's, and may be in the form that 5GTANGO made of it."""
    is_5gtangos = Q(document__has_key="descriptor_schema") | Q(
        document__has_key="cloudnative_deployment_units"
    )
    for name in ("FunctionDescriptor", "ServiceDescriptor"):
        apps.get_model("records_app", name).objects.filter(is_5gtangos).update(format="5gtango")


class Migration(migrations.Migration):
    dependencies = [("records_app", "0001_descriptors_and_records")]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="format",
                field=models.CharField(
                    choices=FORMATS, db_default="sonata", default="sonata", max_length=16
                ),
            )
            for name in ("functiondescriptor", "servicedescriptor")
        ),
        migrations.RunPython(find_5gtangos, migrations.RunPython.noop),
    ]
