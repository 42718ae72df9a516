"""The back-office's own pages (each registers itself)."""

from . import announcing_admin, logs_admin, workspace_admin  # noqa: F401
