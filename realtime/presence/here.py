"""Who is here, in one room: what sockets of this process say, what other processes say, and who has been told what."""

import logging
from asyncio import TimerHandle, get_running_loop
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from channels.db import database_sync_to_async
from django.db import DatabaseError

from workspaces.feed import Eyes
from workspaces.permissions import MEMBER

from .known import known_to
from .people import Face, People, Person, Place, merged
from .saying import Said, understood

if TYPE_CHECKING:
    from ..room import Room
    from ..socket import Socket

ASK = 4.0  # seconds of silence after which a client is asked; it answers from a hidden tab too, where timers sleep
SILENT = 10.0  # … after which nobody is believed to be there, though the connection may look open
PACE = 1.0  # seconds between two tellings, and as much again for each CROWD sockets of the room
CROWD = 500
SOON = 0.02  # the first change after a pause waits for those that come with it
AT_ONCE = 250  # people told of at once; the others a pace later
REMEMBERED = 30  # tellings; who has missed more gets the list
FRESH = 60.0  # seconds that a name, a picture or a place is believed before PostgreSQL is asked again
LISTED = 1000  # people in a list
NEVER = -1
ASKING = '{"event":"presence:ask"}'
log = logging.getLogger(__name__)

Known = frozenset[str] | None  # whom a guest knows; None: everybody
View = tuple[bool, frozenset[str], frozenset[str], frozenset[str], Known]


class Watch:
    """What one socket has said of its person, and how much it has been told of the others."""

    __slots__ = ("asked", "asking", "eyes", "face", "heard", "known", "place", "seen", "there", "view")

    def __init__(self) -> None:
        self.heard = self.asked = monotonic()
        self.there = True  # has been heard of lately
        self.asking = False
        self.face: Face | None = None
        self.place: Place | None = None
        self.seen = NEVER  # the version up to which it has been told
        self.view: View | None = None  # with which rights
        self.eyes: Eyes | None = None  # those for which `known` was asked
        self.known: Known = None


class Here:
    """All its methods without `await` are atomic: one loop runs them."""

    def __init__(self, room: "Room", share: Callable[["Room"], None]) -> None:
        self.room, self._share = room, share
        self.watches: dict[Socket, Watch] = {}
        self.others: dict[str, tuple[float, People]] = {}  # process → until when, who
        self.told: People = {}
        self.version = 0
        self._tellings: deque[dict[str, bool]] = deque(maxlen=REMEMBERED)  # who changed, and whether they were here
        self._texts: dict[tuple[View, int], str] = {}
        self._faces: dict[str, tuple[float, Face]] = {}
        self._places: dict[tuple[str, int, frozenset[str]], tuple[float, Any]] = {}
        self._due: TimerHandle | None = None
        self._flushed = 0.0
        self._shared: People = {}

    # what clients say

    async def hear(self, socket: "Socket", text: str) -> None:
        """Anything but the one frame is nothing. An access token listens; it is nobody at a desk."""
        said = understood(text)
        if said is None or socket.token_id:
            return
        try:
            face, place = await self._face(socket.user_id), await self._place(said, socket.eyes)
        except (psycopg.Error, TimeoutError) as error:
            log.warning("who is here in %s waits for the database: %s", self.room.workspace_id, error)
            return
        if socket.code is not None or socket not in self.room.sockets:
            return
        watch = self.watches.get(socket)
        if watch is None:
            watch = self.watches[socket] = Watch()
            socket.wake()
        if not watch.there or (face, place) != (watch.face, watch.place):
            self.changed()
        watch.heard, watch.there, watch.face, watch.place = monotonic(), True, face, place

    async def _face(self, user_id: str) -> Face:
        at, face = self._faces.get(user_id, (0.0, None))
        if face is None or monotonic() - at > FRESH:
            face = Face.of(user_id, *await self.room.storage.face(user_id))
            self._faces[user_id] = monotonic(), face
        return face

    async def _place(self, said: Said, eyes: Eyes) -> Place:
        """By ids of the database, and as far as they see it themselves; else they are here, and that is all."""
        found = await self._found(said, eyes) if said.project else None
        if found is None:
            return Place(said.away, "other" if said.project else said.page)
        project_id, task_id, in_part = found
        if task_id and eyes.sees("presence", project_id, None, task_id):
            ref = f"{said.project}-{said.number}"
            return Place(said.away, said.page, project_id, said.project, task_id, ref, said.field)
        if in_part or eyes.sees("presence", project_id, None):
            return Place(said.away, said.page, project_id, said.project)
        return Place(said.away, "other")

    async def _found(self, said: Said, eyes: Eyes) -> tuple[str, str, bool] | None:
        """The ids, and whether they see some of that project's tasks."""
        wanted = (said.project, said.number, eyes.tasks)
        at, found = self._places.get(wanted, (0.0, None))
        if not at or monotonic() - at > FRESH:
            found = await self.room.storage.place(self.room.workspace_id, *wanted)
            if len(self._places) >= LISTED:
                self._places.clear()
            self._places[wanted] = monotonic(), found
        return found

    def gone(self, socket: "Socket") -> None:
        """A closed tab, or somebody shown out."""
        if self.watches.pop(socket, None) is not None:
            self.changed()

    def tick(self, now: float) -> None:
        """Once a second: ask the silent, forget those who do not answer, here and in other processes."""
        for socket, watch in self.watches.items():
            if now - watch.heard >= ASK and now - watch.asked >= ASK:
                watch.asked, watch.asking = now, True
                socket.wake()
            if watch.there and now - watch.heard >= SILENT:
                watch.there = False
                self.changed()
        if ended := [process for process, (until, _) in self.others.items() if until <= now]:
            for process in ended:
                del self.others[process]
            self.changed()

    # what other processes say

    @property
    def mine(self) -> People:
        """The people of this process."""
        there = [
            (socket.user_id, Person(watch.face, (watch.place,)))
            for socket, watch in self.watches.items()
            if watch.there and watch.face and watch.place
        ]
        return merged({user_id: person} for user_id, person in there)

    def hear_of(self, process: str, people: People, lasts: float) -> None:
        """What another process says, to be believed for so many seconds."""
        was = self.others.pop(process, (0.0, {}))[1]
        if people:
            self.others[process] = monotonic() + lasts, people
        if people != was:
            self.changed()

    # telling

    def changed(self) -> None:
        """At once after a pause, else with the next telling."""
        if self._due is None:
            pace = PACE * (1 + len(self.watches) / CROWD)
            wait = max(SOON, self._flushed + pace - monotonic())
            self._due = get_running_loop().call_later(wait, self._flush)

    def _flush(self) -> None:
        self._due, self._flushed = None, monotonic()
        mine = self.mine
        if mine != self._shared:
            self._shared = mine
            self._share(self.room)
        now = merged([mine, *(people for _, people in self.others.values())])
        changed = [one for one in self.told.keys() | now.keys() if self.told.get(one) != now.get(one)]
        if not changed:
            return
        changed.sort(key=lambda one: one in now)  # who left comes first
        self._tell(changed[:AT_ONCE], now)
        if changed[AT_ONCE:]:
            self.changed()

    def _tell(self, changed: list[str], now: People) -> None:
        self._tellings.append({one: one in self.told for one in changed})
        self.version += 1
        self._texts.clear()
        for one in changed:
            if one in now:
                self.told[one] = now[one]
            else:
                del self.told[one]
        for socket in self.watches:
            socket.wake()

    def due(self, socket: "Socket") -> bool:
        """Whether there is something for this socket."""
        watch = self.watches.get(socket)
        return watch is not None and (
            watch.asking or watch.seen != self.version or watch.eyes is not socket.eyes or watch.view is None
        )

    async def prepare(self, socket: "Socket") -> None:
        """Ask whom a guest knows, as often as their rights are looked at."""
        watch = self.watches.get(socket)
        if watch is None or watch.eyes is socket.eyes:
            return
        eyes = socket.eyes
        known = None if eyes.level >= MEMBER else await self._known(eyes.user_id)
        watch.eyes, watch.known = eyes, known

    async def _known(self, user_id: str) -> Known:
        try:
            return await database_sync_to_async(known_to)(self.room.workspace_id, user_id)
        except (DatabaseError, OSError) as error:
            log.warning("whom a guest of %s knows waits for the database: %s", self.room.workspace_id, error)
            return frozenset({user_id})

    def frame(self, socket: "Socket") -> str:
        """What it has not been told yet, as far as it may see it; "" for nothing. No await in here: rights cannot change."""
        watch = self.watches.get(socket)
        if watch is None or watch.eyes is not socket.eyes:
            return ""
        eyes = socket.eyes
        view = (eyes.level >= MEMBER, eyes.open, eyes.granted, eyes.tasks, watch.known)
        since = watch.seen if view == watch.view else NEVER
        watch.seen, watch.view, asked, watch.asking = self.version, view, watch.asking, False
        if (text := self._texts.get((view, since))) is None:
            text = self._texts[view, since] = self._told_since(since, eyes, watch.known)
        return _joined(text, ASKING if asked else "")

    def _told_since(self, since: int, eyes: Eyes, known: Known) -> str:
        missed = self.version - since
        if since == NEVER or missed > len(self._tellings):
            everybody = [one for one in self.told if known is None or one in known]
            people = [self.told[one].wire(one, eyes) for one in everybody[:LISTED]]
            return orjson.dumps({"event": "presence:list", "people": people}).decode()
        were: dict[str, bool] = {}
        for telling in list(self._tellings)[len(self._tellings) - missed :]:
            were = telling | were
        frames = [self._change(one, was, eyes) for one, was in were.items() if known is None or one in known]
        return ",".join(orjson.dumps(frame).decode() for frame in frames if frame)

    def _change(self, user_id: str, was: bool, eyes: Eyes) -> dict[str, Any] | None:
        if person := self.told.get(user_id):
            event = "presence:state" if was else "presence:joined"
            return {"event": event, "person": person.wire(user_id, eyes)}
        return {"event": "presence:left", "person": {"id": user_id}} if was else None


def _joined(*texts: str) -> str:
    """One frame of what may be several events, or none."""
    said = ",".join(text for text in texts if text)
    return f"[{said}]" if said else ""
