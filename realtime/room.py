"""A room: the stream of one workspace as this process knows it, and who listens.

`head + 1` is fed, what is older is dropped, a jump is read from PostgreSQL. The ring of the last rows serves all
connections, so that memory is bounded by rooms and not by clients.
"""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

import psycopg

from workspaces.feed import project_eyes

from .envelope import Entry
from .presence.here import Here
from .socket import Code, Socket
from .storage import Storage, Stream

RING = 1000  # rows kept, and the most that is ever replayed
SLACK = 100  # rows over that before old ones are dropped together
GAP = 0.12  # seconds between two frames of a burst: a lone row goes out at once, those right behind it go together
PATIENCE = 0.02  # seconds for a neighbour's doorbell that is on its way, before PostgreSQL is asked
LEAVING = frozenset({"member:removed", "member:left"})
RIGHTS = frozenset({"member:role_changed", "member:joined", "role:updated", "token:revoked", "workspace:mfa_required"})
ENDS = {"workspace:deleted": Code.MEMBERSHIP, "workspace:suspended": Code.SUSPENDED}
log = logging.getLogger(__name__)


class Room:
    """All its methods without `await` are atomic: one loop runs them."""

    def __init__(self, storage: Storage, stream: Stream, share: Callable[["Room"], None] = lambda room: None) -> None:
        self.storage, self.workspace_id = storage, stream.workspace_id
        self.sockets: set[Socket] = set()
        self.presence = Here(self, share)
        self.empty_since = monotonic()
        self._filling: asyncio.Task[None] | None = None
        self._release_due: asyncio.TimerHandle | None = None
        self._released = 0.0
        self._reaching, self._looking = asyncio.Lock(), asyncio.Lock()
        self._begin(stream)

    def _begin(self, stream: Stream) -> None:
        self.epoch, self.floor = stream.epoch, stream.floor
        self.head = self.wanted = self.ready = stream.head  # `ready`: how far sockets may go; the head, but in a burst
        self.changes = [stream.head]  # the rows after which people may see more or less, as far as we have seen them
        self.ring: list[Entry] = []  # contiguous up to head
        self.early: dict[int, Entry] = {}  # rung before their neighbours

    def told(self, stream: Stream) -> None:
        """Where PostgreSQL says the stream stands. Another epoch: a backup was restored, and all places are void."""
        if stream.epoch != self.epoch:
            self._begin(stream)
            for socket in self.sockets:
                socket.start_over()
        self.floor = stream.floor
        self.hear(stream.head, ())

    def hear(self, head: int, entries: Iterable[Entry]) -> None:
        """Rows that were rung, and how far the stream goes at least."""
        if len(self.early) > RING:
            self.early.clear()
        self.early.update((entry.seq, entry) for entry in entries if entry.seq > self.head)
        self.wanted = max(self.wanted, head)
        self._feed()
        if self.head < self.wanted and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill())

    def _feed(self) -> None:
        before = self.head
        while (entry := self.early.pop(self.head + 1, None)) is not None:
            self._append(entry)
        if self.head > before:
            self.early = {seq: entry for seq, entry in self.early.items() if seq > self.head}
            self._offer()

    def _offer(self) -> None:
        """At once, unless the last rows went out just now; and at once when rights change, before more rows come."""
        wait = self._released + GAP - monotonic()
        if wait <= 0 or self.rights_at > self.ready:
            self._release()
        elif self._release_due is None:
            self._release_due = asyncio.get_running_loop().call_later(wait, self._release)

    def _release(self) -> None:
        if self._release_due is not None:
            self._release_due.cancel()
            self._release_due = None
        self._released, self.ready = monotonic(), self.head
        for socket in self.sockets:
            socket.wake()

    def _append(self, entry: Entry) -> None:
        """Whoever leaves with this row is cut off before anybody gets it."""
        self.head = entry.seq
        self.ring.append(entry)
        if len(self.ring) > RING + SLACK:
            del self.ring[:SLACK]
        if entry.event in LEAVING:
            for socket in self.sockets:
                if socket.user_id == entry.person and socket.eyes.at < entry.seq:
                    socket.close(Code.MEMBERSHIP)
        elif entry.event in ENDS:
            self.dissolve(ENDS[entry.event])
        elif entry.event in RIGHTS or entry.event in project_eyes().changes:
            self._rights_change(entry.seq)

    def _rights_change(self, seq: int) -> None:
        self.changes.append(seq)
        del self.changes[:-RING]

    @property
    def rights_at(self) -> int:
        """The newest row after which people may see more or less."""
        return self.changes[-1]

    def judged_upto(self, at: int) -> int:
        """How far eyes that were opened after row `at` may judge: to before the first row that changed rights since."""
        if at < self.changes[0]:
            return -1  # older than all that is known
        later = bisect_right(self.changes, at)
        return self.changes[later] - 1 if later < len(self.changes) else self.ready

    def dissolve(self, code: Code = Code.MEMBERSHIP) -> None:
        """The workspace is gone, or still."""
        for socket in self.sockets:
            socket.close(code)

    async def _fill(self) -> None:
        """Read what was not rung. A fault ends it; the next head check starts it again."""
        await asyncio.sleep(PATIENCE)
        try:
            while self.head < self.wanted:
                await self._fill_some()
        except (psycopg.Error, TimeoutError) as error:
            log.warning("the gap after %s in %s waits for the database: %s", self.head, self.workspace_id, error)

    async def _fill_some(self) -> None:
        if self.wanted - self.head > RING:
            self._skip_to(self.wanted - RING)
        epoch = self.epoch
        entries = await self.storage.rows(self.workspace_id, self.head, self.wanted)
        if epoch != self.epoch:
            return
        if not entries:
            self.wanted = self.head  # a doorbell's claim that PostgreSQL does not know
        elif entries[0].seq > self.head + 1:
            self._skip_to(entries[0].seq - 1)  # pruned in between
        self.hear(self.head, entries)

    def _skip_to(self, seq: int) -> None:
        """Too far behind to replay: everybody's rights are asked again, and who stands before the ring starts over."""
        self.ring.clear()
        self._rights_change(self.head + 1)  # who knows what changed in between
        self.head = seq
        self._rights_change(seq)
        self._release()

    def after(self, position: int, limit: int) -> list[Entry] | None:
        """The next rows after a position, or None when it lies before the ring."""
        start = position - (self.head - len(self.ring))
        return None if start < 0 else self.ring[start : start + limit]

    async def reach_back(self, position: int) -> bool:
        """Extend the ring back to a position, once for all who ask; False when that is more than it holds.

        True also when the ring has moved meanwhile: ask again.
        """
        async with self._reaching:
            if self.head - position > RING or position < self.floor:
                return False
            epoch, first = self.epoch, self._first
            older: list[Entry] = []
            while (got := older[-1].seq if older else position) < first - 1:
                if not (more := await self.storage.rows(self.workspace_id, got, first - 1)):
                    return False
                older += more
            if not older or (epoch, first) != (self.epoch, self._first):
                return True
            if older[0].seq != position + 1:
                return False
            self.ring[:0] = older
            return True

    @property
    def _first(self) -> int:
        """The oldest row in the ring, or the next one to come."""
        return self.head - len(self.ring) + 1

    async def look_again(self, *, everybody: bool = False, person: str = "") -> None:
        """Ask who still belongs here and what they see: one look for all who need it, and for this person."""
        async with self._looking:
            alive = [one for one in self.sockets if one.code is None]
            due = [one for one in alive if everybody or one.user_id == person or one.eyes.at < self.rights_at]
            if not due:
                return
            people, tokens = {one.user_id for one in due}, {one.token_id for one in due if one.token_id}
            at = self.rights_at
            look = await self.storage.look(self.workspace_id, people, tokens)
            for socket in due:
                if look is not None and socket.user_id in look.barred:
                    socket.close(Code.SECOND_FACTOR)
                elif look is None or socket.user_id not in look.eyes:
                    socket.close(Code.MEMBERSHIP)
                elif socket.token_id and socket.token_id not in look.tokens:
                    socket.close(Code.SESSION)
                elif look.suspended:
                    socket.close(Code.SUSPENDED)
                else:
                    eyes = look.eyes[socket.user_id]
                    socket.eyes = replace(eyes, at=max(eyes.at, at))
                    socket.wake()
