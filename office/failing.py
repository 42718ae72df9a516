"""What becomes of a job that failed: a row, from which it can be tried again."""

from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings

from accounts.models import User
from workspaces.backoffice import uuid_in
from workspaces.models import Workspace

from .actions.keeping import keep_failed_job, mark_retried
from .models import FailedJob


def tell(job: Any, error: BaseException, call: str, args: Any, kwargs: Any) -> None:
    """Only the kind of fault and where: words of an error may repeat rows."""
    place = _place(error)
    given = {"args": list(args or ()), "kwargs": dict(kwargs or {})}
    queue = ((job.request.delivery_info or {}).get("routing_key") or "") if job.request else ""
    keep_failed_job(
        job.name, call, given, queue=queue, tenant=_tenant(args), fault=f"{type(error).__name__}{f' in {place}' if place else ''}"
    )  # fmt: skip


def try_again(job: FailedJob, *, staff: User, reason: str) -> None:
    """Into the queue once more, with the same arguments; raises OperationalError while the queue is away."""
    given = job.arguments
    current_app.tasks[job.name].apply_async(given.get("args", []), given.get("kwargs", {}))
    mark_retried(job, staff=staff, reason=reason)


def known(job: FailedJob) -> bool:
    """Whether this version still has such a job."""
    return job.name in current_app.tasks


def _tenant(args: Any) -> UUID | None:
    key = uuid_in(str(args[0])) if args else None
    there = key and Workspace._base_manager.using("ops").filter(pk=key).exists()
    return key if there else None


def _place(error: BaseException) -> str:
    """tasks/jobs.py:42, the innermost of our own lines."""
    found, at, ours = "", error.__traceback__, f"{settings.BASE_DIR}/"
    while at is not None:
        name = at.tb_frame.f_code.co_filename
        if name.startswith(ours) and "site-packages" not in name:
            found = f"{name.removeprefix(ours)}:{at.tb_lineno}"
        at = at.tb_next
    return found
