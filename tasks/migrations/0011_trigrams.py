from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tasks", "0010_dependencies")]

    operations = [TrigramExtension()]
