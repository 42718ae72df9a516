"""The app of projects, boards and tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from . import events, undo  # noqa: F401  (they register what the log may say and how it is undone)
