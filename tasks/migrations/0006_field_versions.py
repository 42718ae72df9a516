"""Each field of a task has its version: what was never changed has that of its making."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0005_notification_cursors")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="field_versions",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, help_text="field → version at which it last changed"
            ),
        ),
    ]
