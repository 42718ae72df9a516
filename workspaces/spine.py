"""The spine: an action collects what it changed; the outermost act writes it as the last statements before commit.

The workspace's counter is locked only while its rows are written, so that commit order is seq order, without a gap,
and nobody waits for somebody else's work (REALTIME.md 1).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib import import_module
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.ids import uuid7

from . import chain, tenancy
from .actor import Actor
from .errors import Forbidden, Refused
from .events import EVENTS, says
from .models import ActivityLog, ChangeSet

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Act:
    """What one outermost act has collected so far."""

    by: Actor
    kind: str = "edit"
    title: str = ""
    undoes: ChangeSet | None = None
    proposal: ChangeSet | None = None  # which it carries out
    change_id: UUID = field(default_factory=uuid7)
    rows: list[ActivityLog] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The act in words, for the toast and for the list of changes."""
        if self.title or not self.rows:
            return self.title
        first = says(self.rows[0])
        words = f"{first} and {len(self.rows) - 1} more" if len(self.rows) > 1 else first
        return words[:1].upper() + words[1:]


_act: ContextVar[Act | None] = ContextVar("act", default=None)
ACTIONS: dict[str, Callable[..., Any]] = {}


def current_act() -> Act | None:
    """The act that the running work belongs to."""
    return _act.get()


@contextmanager
def acting(by: Actor, *, kind: str = "edit", title: str = "", undoes: ChangeSet | None = None) -> Iterator[Act]:
    """One act of one actor: a transaction, a ChangeSet and its rows. Inside another act it joins that one."""
    if by.viewer is not None:
        raise Forbidden(f"You are viewing as {by.role.name}, and nothing can be changed. Stop viewing, then try again.")
    if (outer := _act.get()) is not None:
        outer.kind, outer.title, outer.undoes = _named(outer, kind, title, undoes)
        yield outer
        return
    act = Act(by, kind, title, undoes)
    with tenancy.workspace(by.workspace.pk), transaction.atomic():
        token = _act.set(act)
        try:
            yield act
            if not transaction.get_rollback():
                _write(act)
        finally:
            _act.reset(token)


def _named(outer: Act, kind: str, title: str, undoes: ChangeSet | None) -> tuple[str, str, ChangeSet | None]:
    return (kind if kind != "edit" else outer.kind), title or outer.title, undoes or outer.undoes


def carry_out(proposal: ChangeSet) -> None:
    """The running act is the proposal's: its rows carry the proposal's id. To be said before anything is recorded."""
    act = _act.get()
    assert act is not None and not act.rows, "a proposal is an act of its own"
    act.change_id, act.proposal = proposal.pk, proposal


@contextmanager
def attempt() -> Iterator[None]:
    """A part that may be refused without undoing the rest: its rows go with it. The refusal is raised on."""
    act = _act.get()
    kept = len(act.rows) if act else 0
    try:
        with transaction.atomic():
            yield
    except Refused:
        if act:
            del act.rows[kept:]
        raise


@contextmanager
def rehearsing(by: Actor) -> Iterator[list[ActivityLog]]:
    """What the block does is taken back at its end; the rows that it would have left are given to look at."""
    told: list[ActivityLog] = []
    with acting(by) as act:
        kept = len(act.rows)
        try:
            with transaction.atomic():
                yield told
                told += act.rows[kept:]
                transaction.set_rollback(True)
        finally:
            del act.rows[kept:]


def action(verb: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """A verb of the product: `verb(by, subject, *, named=arguments)`, atomic, recorded once. Nothing else writes."""

    @wraps(verb)
    def run(by: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
        with acting(by):
            return verb(by, *args, **kwargs)

    ACTIONS[verb.__name__] = run
    return run


def record(
    by: Actor,
    event: str,
    subject: models.Model,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    key: str = "",
    label: str = "",
    project_id: UUID | None = None,
) -> None:
    """Collect one row: `before` and `after` hold the fields that changed, as JSON, enough to say it and to undo it."""
    assert event in EVENTS, event
    act = _act.get()
    assert act is not None, "record() belongs inside an action"
    act.rows.append(
        ActivityLog(
            id=uuid7(), workspace_id=by.workspace.pk, change_id=act.change_id, event=event, actor_id=by.author.pk, via=by.via,
            on_behalf_of_id=_for_whom(by), subject_type=subject._meta.model_name, subject_id=subject.pk,
            subject_key=key, subject_label=label[:300], version=getattr(subject, "version", 0), project_id=project_id,
            before=before or {}, after=after or {}, cause_seq=by.cause_seq, depth=by.depth, created_at=by.at or timezone.now(),
        )
    )  # fmt: skip


def _for_whom(by: Actor) -> UUID | None:
    """The support's work is the member's; an AI's is that of whoever asked it."""
    person = by.user if by.staff else by.on_behalf_of
    return person.pk if person else None


def _write(act: Act) -> None:
    if not act.rows:
        return
    for row in act.rows:
        chain.salt(row)
    if act.proposal is None:
        ChangeSet(
            id=act.change_id, workspace_id=act.by.workspace.pk, kind=act.kind, title=act.sentence[:300], undoes=act.undoes,
            actor=act.by.author, created_at=act.by.at or timezone.now(),
        ).save(force_insert=True)  # fmt: skip
    with connection.cursor() as cursor:
        seq, prev = _reserve(cursor, act)
        for row in act.rows:
            seq += 1
            prev = chain.seal(row, seq, prev)
        ActivityLog.objects.bulk_create(act.rows, batch_size=500)
        for react in _reactions().IN_TRANSACTION:
            react(act)
        cursor.execute("UPDATE workspaces_stream SET hash = %s WHERE workspace_id = %s", [prev, act.by.workspace.pk])
    rows = list(act.rows)
    for tell in _reactions().AFTER_COMMIT:
        transaction.on_commit(lambda tell=tell: tell(act.by, rows), robust=True)


def _reserve(cursor: Any, act: Act) -> tuple[int, str]:
    """Lock the workspace's counter and take as many numbers as there are rows."""
    cursor.execute(
        "UPDATE workspaces_stream SET head = head + %s WHERE workspace_id = %s RETURNING head, hash",
        [len(act.rows), act.by.workspace.pk],
    )
    head, last = cursor.fetchone()
    return head - len(act.rows), last


@cache
def _reactions() -> Any:
    return import_module(settings.REACTIONS)
