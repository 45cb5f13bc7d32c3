import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Left


def classify(apps, schema_editor):
    """Give those in ERROR a class, as far as their error and events tell it, and a case."""
    request = apps.get_model("requests_app", "Request")
    event = apps.get_model("requests_app", "RequestEvent")
    by_mano = event.objects.filter(request=OuterRef("pk"), to_status="ERROR", actor="mano")
    text = models.CharField(max_length=16)
    request.objects.filter(status="ERROR").update(
        error_class=Case(
            When(error__startswith="cancelled by ", then=Value("cancelled")),
            When(error__startswith="The MANO did not ", then=Value("silent")),
            When(error__startswith="The MANO succeeded, but ", then=Value("unusable")),
            When(Exists(by_mano), then=Value("refused")),
            default=Value("internal"),
            output_field=text,
        ),
        cause=Coalesce(Left("error", 200), Value("")),
        case_state=Case(
            When(retried_by__isnull=False, then=Value("closed")),
            default=Value("open"),
            output_field=text,
        ),
        resolution=Case(
            When(retried_by__isnull=False, then=Value("retried")),
            default=Value(None),
            output_field=text,
        ),
    )


def index(column, name):
    return migrations.AddIndex(
        model_name="request",
        index=models.Index(
            condition=Q((f"{column}__isnull", False)),
            fields=[column, "created_at", "id"],
            name=name,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0008_unaccepted_requests")]

    operations = [
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("text", models.TextField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_notes",
                        to="requests_app.request",
                    ),
                ),
            ],
            options={"ordering": ("id",)},
        ),
        migrations.AddField(
            model_name="request",
            name="error_class",
            field=models.CharField(
                choices=[
                    ("refused", "refused"),
                    ("unreachable", "unreachable"),
                    ("silent", "silent"),
                    ("unusable", "unusable"),
                    ("cancelled", "cancelled"),
                    ("given_up", "given_up"),
                    ("internal", "internal"),
                ],
                max_length=16,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="cause",
            field=models.CharField(editable=False, max_length=200, null=True),
        ),
        migrations.AddField(
            model_name="request",
            name="case_state",
            field=models.CharField(
                choices=[("open", "open"), ("closed", "closed")], max_length=8, null=True
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="assignee",
            field=models.CharField(max_length=150, null=True),
        ),
        migrations.AddField(
            model_name="request",
            name="resolution",
            field=models.CharField(
                choices=[
                    ("retried", "retried"),
                    ("accepted", "accepted"),
                    ("terminated", "terminated"),
                    ("other", "other"),
                ],
                max_length=16,
                null=True,
            ),
        ),
        migrations.RunPython(classify, migrations.RunPython.noop, elidable=True),
        index("error_class", "request_by_error_class"),
        index("case_state", "request_by_case_state"),
        index("assignee", "request_by_assignee"),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=Q(("case_state", "open")),
                fields=["error_class", "cause", "created_at", "tenant_id"],
                name="request_open_cases",
            ),
        ),
    ]
