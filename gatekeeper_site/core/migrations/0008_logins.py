from django.db import migrations, models


class Migration(migrations.Migration):
    """Logins end with a change of their user, and a pause of them is audited once.

    The columns' defaults are the database's too: processes of before do not know the columns.
    """

    dependencies = [
        ("core", "0007_count_slots_and_audit_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="token",
            name="login_digest",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Of a login: what the user was then. Empty: the token was made as such.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="throttlewindow",
            name="is_audited",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Of logins: whether the audit has the pause.",
            ),
        ),
    ]
