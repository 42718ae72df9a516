"""FlowBoard: a project board that a team can trust."""

from .celery import app as celery_app

__all__ = ["celery_app"]
