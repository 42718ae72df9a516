import django.db.models.deletion
from django.db import migrations, models

import accounts.ids
import ai.models.meanings
import workspaces.constraints
import workspaces.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0003_triage"),
        ("tasks", "0015_former_addresses"),
        ("workspaces", "0011_usage"),
    ]

    operations = [
        migrations.CreateModel(
            name="MeaningCursor",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="meaningcursor_tenant_key"),
                    workspaces.constraints.TenantIsolation(name="meaningcursor_rls"),
                    models.UniqueConstraint(fields=("workspace",), name="meaningcursor_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskMeaning",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("bits", ai.models.meanings.Bits()),
                ("vector", models.BinaryField()),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
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
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="taskmeaning_tenant_key"),
                    workspaces.constraints.TenantIsolation(name="taskmeaning_rls"),
                    workspaces.constraints.TenantForeignKey(
                        field="task", name="taskmeaning_task_tenant", on_delete="ON DELETE CASCADE"
                    ),
                    models.UniqueConstraint(fields=("workspace", "task"), name="taskmeaning_once"),
                ],
            },
        ),
    ]
