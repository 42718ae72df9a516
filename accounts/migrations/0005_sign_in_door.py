from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_erasure")]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="via",
            field=models.CharField(default="web", help_text="web, or api for programs", max_length=12),
        ),
    ]
