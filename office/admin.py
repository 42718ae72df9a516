"""The back-office's own pages (each registers itself)."""

from . import workspace_admin  # noqa: F401
