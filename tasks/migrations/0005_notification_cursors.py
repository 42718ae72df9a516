"""Workspaces that are there already begin at the head of their record: nobody is told of what is long past."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tasks", "0004_notifications")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO tasks_notificationcursor (id, workspace_id, seq)"
            " SELECT gen_random_uuid(), workspace_id, head FROM workspaces_stream",
            migrations.RunSQL.noop,
        )
    ]
