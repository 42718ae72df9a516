"""What the staff did, and why: rows that are added and read, and nothing else."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_push"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffAct",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("verb", models.CharField(help_text="suspend_workspace, change user …", max_length=40)),
                ("reason", models.CharField(max_length=500)),
                ("tenant", models.UUIDField(blank=True, help_text="whose record tells of it too", null=True)),
                ("subject_type", models.CharField(blank=True, max_length=40)),
                ("subject_id", models.CharField(blank=True, max_length=64)),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="what it is called; of a person nothing is kept", max_length=200
                    ),
                ),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "staff",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("tenant", None), _negated=True),
                        fields=["tenant", "-id"],
                        name="staffact_workspace",
                    ),
                    models.Index(fields=["staff", "-id"], name="staffact_staff"),
                ],
            },
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON accounts_staffact FROM flowboard_app, flowboard_ops", migrations.RunSQL.noop
        ),
    ]
