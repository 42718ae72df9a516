"""A worker that is really killed, with -9 and amid a call: its run is done by another, once, and what was held for it comes back."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from ai import jobs
from ai.actions.breakdown import start_breakdown
from ai.actions.runs import SILENT
from ai.models import AIReservation, AIRun
from realtime.tests.server import ROOT, database_url
from tasks.models import Project
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import ChangeSet

from .provider import Provider
from .rows import held, month, used
from .workers import work

PATIENCE = 30.0  # seconds until a worker must have begun
WORK = "import django; django.setup(); from ai.jobs import perform_run; perform_run({!r}, {!r})"
committed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


def begun_by_a_worker(run: AIRun, provider: Provider) -> "subprocess.Popen[bytes]":
    """A process of its own, in the middle of asking."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "flowboard.settings", "DATABASE_URL": database_url(), "AI_PROVIDER": "openai", "AI_MODEL": "fault-hang",
        "AI_API_KEY": "key", "AI_BASE_URL": provider.url,
    }  # fmt: skip
    code = WORK.format(str(run.workspace_id), str(run.pk))
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env)
    until = time.monotonic() + PATIENCE
    while not provider.asked and worker.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert provider.asked and worker.poll() is None
    return worker


def now(run: AIRun) -> AIRun:
    with tenancy.workspace(run.workspace_id, atomic=True):
        return AIRun.objects.within(run.workspace_id).get(pk=run.pk)


def time_passes(run: AIRun) -> None:
    """The worker has been silent for too long, and so has its call."""
    with tenancy.workspace(run.workspace_id, atomic=True):
        rows = AIRun.objects.within(run.workspace_id).filter(pk=run.pk)
        rows.update(seen_at=timezone.now() - SILENT - timedelta(seconds=1))
        AIReservation.objects.within(run.workspace_id).update(expires_at=timezone.now())


def proposals(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(ChangeSet.objects.within(by.workspace).filter(kind="ai").count())


@committed
def test_a_run_outlives_its_worker_and_is_done_once(bob: Actor, project: Project, ai_on: Provider) -> None:
    run = start_breakdown(bob, project, pasted="- Copy\n- Drawing\n- Ship")
    worker = begun_by_a_worker(run, ai_on)
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    (one,) = held(bob)
    assert month(bob).reserved == one.tokens and proposals(bob) == 0 and now(run).state == "running"
    time_passes(run)
    jobs.sweep_ai(str(bob.workspace.pk))
    assert held(bob) == [] and (month(bob).reserved, month(bob).used) == (0, one.tokens)
    for _ in range(2):
        work(run.workspace_id, run.pk)
    assert now(run).state == "done" and now(run).tries == 2 and proposals(bob) == 1
    assert [row.outcome for row in used(bob)] == ["lost", "ok"] and month(bob).reserved == 0
    connections.close_all()
