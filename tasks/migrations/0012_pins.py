from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0011_trigrams")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="pin_start",
            field=models.DateField(blank=True, help_text="a planner must let it begin on this day", null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="pin_due",
            field=models.DateField(blank=True, help_text="a planner must let it be due on this day", null=True),
        ),
    ]
