"""The app of projects, boards and tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from . import events, proposing, undo, undo_moves  # noqa: F401  (they register what the log may say, what can be proposed, and undo)
