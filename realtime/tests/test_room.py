"""A room takes rows in by number, whatever the order of the doorbells."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from realtime.envelope import Entry, cursor
from realtime.room import Room
from realtime.storage import Storage, Stream


def row(seq: int) -> Entry:
    return Entry(seq, "task:created", None, None, None, cursor(seq))


def test_a_row_waits_for_the_one_before_it() -> None:
    """Read from the database is only what no doorbell brings in time: here nothing is, for the loop ends first."""

    async def heard() -> tuple[list[int], list[int], list[int]]:
        room = Room(Storage(), Stream("01890000-0000-7000-8000-000000000000", 0, 0, "epoch"))
        taken = []
        for seq in (2, 3, 1):
            room.hear(seq, [row(seq)])
            taken.append([entry.seq for entry in room.ring])
        return taken[0], taken[1], taken[2]

    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test leaves its loop running in this thread
        assert elsewhere.submit(asyncio.run, heard()).result() == ([], [], [1, 2, 3])
