"""The record about itself: who took it out, and who had it checked."""

from dataclasses import replace

from ..actor import Actor
from ..spine import action, record
from ..verifying import Walk

MOST_FAULTS = 20


@action
def export_record(by: Actor, *, kind: str, filters: dict[str, str]) -> None:
    """Note that the record leaves as a file; the file itself is workspaces/exporting.py's."""
    by.must("audit.read")
    replace(by, scopes=None).must("export.run")  # a token needs the audit's scope, its person both rights
    record(by, "audit:exported", by.workspace, after={"format": kind, "filter": filters})


@action
def note_check(by: Actor, *, walk: Walk, faults: list[str]) -> None:
    """Note what a walk over the record came to; the newest such row is what the audit page shows."""
    by.must("audit.read")
    told = {"seq": walk.head, "hash": walk.hash, "outcome": "broken" if faults else "whole", "erased": walk.erased}
    record(by, "audit:verified", by.workspace, after=told | ({"faults": faults[:MOST_FAULTS]} if faults else {}))
