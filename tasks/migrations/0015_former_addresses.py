import django.db.models.deletion
from django.db import migrations, models

import accounts.ids
import workspaces.constraints
import workspaces.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0014_read_only_projects"),
        ("workspaces", "0011_usage"),
    ]

    operations = [
        migrations.AlterField(
            model_name="watch",
            name="why",
            field=models.CharField(
                choices=[
                    ("chosen", "Chosen"),
                    ("commented", "Commented"),
                    ("mentioned", "Mentioned"),
                    ("duplicate", "Duplicate"),
                ],
                default="chosen",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tasks.project",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_addresses",
                        to="tasks.task",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.tenancy.current_workspace,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "former addresses",
                "indexes": [models.Index(fields=["workspace", "task"], name="formeraddress_task")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="formeraddress_tenant_key"),
                    workspaces.constraints.TenantIsolation(name="formeraddress_rls"),
                    workspaces.constraints.TenantForeignKey(
                        field="project", name="formeraddress_project_tenant", on_delete="ON DELETE CASCADE"
                    ),
                    workspaces.constraints.TenantForeignKey(
                        field="task", name="formeraddress_task_tenant", on_delete="ON DELETE CASCADE"
                    ),
                    models.UniqueConstraint(fields=("workspace", "project", "number"), name="formeraddress_once"),
                ],
            },
        ),
    ]
