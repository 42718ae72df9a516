"""Tasks that are shared by themselves have an index: whoever sees a project in part reads it, and not the whole board."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tasks", "0006_field_versions")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="shared",
            field=models.BooleanField(
                default=False,
                db_default=False,
                help_text="by itself, with somebody, once: narrows reading, and decides nothing",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["workspace", "project", "status", "rank"],
                include=["id", "number"],
                name="task_shared",
                condition=Q(archived_at=None, deleted_at=None, shared=True),
            ),
        ),
        migrations.RunSQL(
            "UPDATE tasks_task SET shared = true WHERE id IN (SELECT content_object_id FROM tasks_taskgrant)",
            migrations.RunSQL.noop,
        ),
    ]
