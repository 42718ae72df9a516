"""A room takes rows in by number, whatever the order of the doorbells."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from realtime.envelope import Entry, cursor
from realtime.room import Room
from realtime.storage import Storage, Stream


def row(seq: int) -> Entry:
    return Entry(seq, "task:created", None, None, None, cursor(seq))


def elsewhere(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser's test leaves its loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def new_room() -> Room:
    return Room(Storage(), Stream("01890000-0000-7000-8000-000000000000", 0, 0, "epoch"))


def test_a_row_waits_for_the_one_before_it() -> None:
    """Read from the database is only what no doorbell brings in time: here nothing is, for the loop ends first."""

    async def heard() -> list[list[int]]:
        room, taken = new_room(), []
        for seq in (2, 3, 1):
            room.hear(seq, [row(seq)])
            taken.append([entry.seq for entry in room.ring])
        return taken

    assert elsewhere(heard()) == [[], [], [1, 2, 3]]


def test_a_burst_waits_for_its_frame_and_a_change_of_rights_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.room.GAP", 60.0)

    async def ready() -> list[int]:
        room, far = new_room(), []
        for seq, event in enumerate(
            ("task:created", "task:moved", "task:moved", "member:role_changed", "task:moved"), 1
        ):
            room.hear(seq, [replace(row(seq), event=event)])
            far.append(room.ready)
        return [*far, *(room.judged_upto(at) for at in (-1, 0, 3, 4))]

    assert elsewhere(ready()) == [1, 1, 1, 4, 4, -1, 3, 3, 4]
