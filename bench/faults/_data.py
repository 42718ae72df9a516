"""Scenes of many hands, of time, of people who leave, of backups and of what is pruned."""

import http.client
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from signal import SIGINT

from tasks.models import Status, Task
from workspaces import tenancy
from workspaces.models import ActivityLog, Invitation

from ._clock import Shim
from ._ears import Order
from ._lines import line
from ._place import Place, forget_connections, found
from ._scene import Run, Scene, play
from ._writers import Crew, Ledger, Program

CARDS, MOVERS = 24, 16


def writers(run: Run) -> None:
    """As fast as they can."""
    with play(run, "16 writers in one workspace", writers=16, pace=0.0):
        run.rest(15)


def moves(run: Run) -> None:
    """The same cards of one column by sixteen hands: one order for all, and no update lost."""
    with play(run, "16 hands move the same cards", writers=1, pace=0.5) as scene:
        ledger = scene.crew.ledger
        hands = [Program(run.system.port, scene.place.slug, token, ledger) for token in scene.place.hands(MOVERS)]
        for number in range(CARDS):
            hands[0].write("POST", "projects/FA/tasks/", {"title": f"Shared {number}", "status": "To do"})
        with tenancy.workspace(scene.place.id, atomic=True):
            cards = [
                task.ref
                for task in Task.objects.within(scene.place.owner.workspace)
                .filter(title__startswith="Shared")
                .select_related("project")
            ]
        each = 10 if run.options.quick else 40
        with ThreadPoolExecutor(MOVERS) as pool:
            taken = sum(pool.map(lambda hand: _shuffle(hand, cards, each), hands))
        scene.later.append(lambda: _one_order(scene))
        scene.notes.append(f"{MOVERS} × {each} moves, {taken} of as many edits with If-Match were first")


def _shuffle(hand: Program, cards: list[str], count: int) -> int:
    """Each move is followed by an edit of what it has read: whoever was slower is told."""
    chance, taken = random.Random(id(hand)), 0
    for _ in range(count):
        card, above = chance.sample(cards, 2)
        body = {"status": "To do", "after": above if chance.random() < 0.8 else None}
        hand.write("POST", f"tasks/{card}/move/", body, fine=(422,))
        known = hand.write("GET", f"tasks/{cards[0]}/", {})
        words = {"If-Match": f'"{known["version"]}"'}
        urgency = known["priority"] % 4 + 1
        taken += bool(hand.write("PATCH", f"tasks/{cards[0]}/", {"priority": urgency}, fine=(412,), **words))
    return taken


def _one_order(scene: Scene) -> None:
    with tenancy.workspace(scene.place.id, atomic=True):
        column = Status.objects.within(scene.place.owner.workspace).get(name="To do")
        ranks = list(
            Task.objects.within(scene.place.owner.workspace).filter(status=column).values_list("rank", flat=True)
        )
    scene.must(len(ranks) == len(set(ranks)), "a place was given twice")


def clock(run: Run) -> None:
    """One web process an hour ahead, then an hour behind; the database's clock stays."""
    web, plain = run.system.webs[1], dict(run.system.webs[1].env)
    with Shim() as shim, play(run, "the clock of one web process ±1 h") as scene:
        if shim.file is None:
            scene.notes.append("no C compiler here: the clock was not moved")
        for seconds in (3600, -3600) if shim.file else ():
            web.env = {**plain, "LD_PRELOAD": str(shim.file), "CLOCK_SHIFT": str(seconds)}
            run.system.restart_web(web)
            run.rest(4)
            seen = _hours(run, scene)
            scene.must(seconds // 3600 in seen, f"the clock did not move: {seen}")
            run.rest(4)
        web.env = plain
        run.system.restart_web(web)
        run.rest(2)


def _hours(run: Run, scene: Scene) -> set[int]:
    """By how many hours the answers' Date headers are off; a token and a session are let in, whoever answers."""
    place, hours = scene.place, set[int]()
    ways = ({"Authorization": f"Token {place.tokens[0]}"}, {"Cookie": place.session()})
    for number in range(40):
        wire = http.client.HTTPConnection("127.0.0.1", run.system.port, timeout=30)
        wire.request("GET", f"/api/v1/workspaces/{place.slug}/", headers=ways[number % 2])
        answer = wire.getresponse()
        answer.read()
        wire.close()
        scene.must(answer.status in (200, 503), f"{answer.status} for somebody who is signed in")
        hours.add(round((parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()) / 3600))
    return hours


def removed(run: Run) -> None:
    """A member is taken out while everything moves, with Redis and without."""
    for without in (False, True):
        name = f"a member removed, {'without' if without else 'with'} Redis"
        with play(run, name) as scene:
            leaver = scene.place.people.pop()
            orders = [Order(run.system.port, scene.place.slug, scene.place.tokens[-1]) for _ in range(3)]
            run.ears.add(orders)
            if without:
                run.system.kill(run.system.redis)
            run.rest(4)
            _show_out(run, scene, str(leaver.pk))
            run.rest(4)
            if without:
                run.system.again(run.system.redis)
                run.system.until(run.system.redis_answers, "Redis")


def _show_out(run: Run, scene: Scene, leaver: str) -> None:
    owner = Program(run.system.port, scene.place.slug, scene.place.tokens[0], Ledger())
    owner.write("DELETE", f"members/{leaver}/", {})
    gone = time.monotonic()

    def ask() -> None:
        with tenancy.workspace(scene.place.id, atomic=True):
            rows = ActivityLog.objects.within(scene.place.owner.workspace).filter(event="member:removed")
            seq = rows.values_list("seq", flat=True).get()
        theirs = [report for report in scene.reports if report.code is not None]
        closed = max((report.closed_at - gone for report in theirs), default=99.0)
        after = sum(heard[0] > seq for report in theirs for heard in report.heard)
        scene.notes.append(f"{len(theirs)} sockets closed within {closed:.2f} s, {after} rows after it")
        scene.must(len(theirs) >= 3 and closed <= 1.0 + 0.2, "a socket stayed")
        scene.must(after == 0, "a row went out afterwards")

    scene.later.append(ask)


def restored(run: Run) -> None:
    """The data of a while ago is put back under listeners that know more."""
    system = run.system
    data = system.up.folder.path / "postgres" / "data"
    backup = data.with_name("backup")
    with play(run, "a backup restored", writers=4) as scene:
        run.rest(3)
        _stopped(run, lambda: subprocess.run(["cp", "-a", data, backup], check=True))
        scene.settle()
        run.rest(4)
        scene.crew.stop()
        scene.settle()
        _stopped(run, lambda: (shutil.rmtree(data), backup.rename(data)))
        scene.crew.ledger.acked.clear()
        scene.crew.ledger.titles.clear()
        with system.superuser() as connection:
            connection.execute("UPDATE workspaces_stream SET epoch = gen_random_uuid()")
        run.rest(4)
        again = Crew(system.port, scene.place.slug, scene.place.hands(4), pace=0.2, names="New").start()
        run.rest(4)
        again.stop()
        scene.crew.ledger.acked.update(again.ledger.acked)
        scene.later.append(lambda: scene.must(scene.verdict.resyncs == 20, f"{scene.verdict.resyncs} resyncs of 20"))


def _stopped(run: Run, work: Callable[[], object]) -> None:
    """With PostgreSQL down in good order."""
    system, began = run.system, time.monotonic()
    system.kill(system.postgres, SIGINT)
    work()
    system.again(system.postgres)
    system.until(system.postgres_answers, "PostgreSQL")
    system.away.append((began, time.monotonic()))
    forget_connections()


def pruned(run: Run) -> None:
    """Old rows go while everybody sleeps."""
    with line(run) as proxy, play(run, "pruned while everybody slept", ears_at=proxy.port, sleeper=True) as scene:
        run.rest(4)
        proxy.shut = True
        proxy.cut()
        known = scene.place.head()
        scene.until(lambda: scene.place.head() > known + 20, 60)
        head = scene.place.head() - 5
        with run.system.superuser() as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            words = "DELETE FROM workspaces_activitylog WHERE workspace_id = %s AND seq < %s"
            connection.execute(words, [scene.place.id, head])
            connection.execute(
                "UPDATE workspaces_stream SET floor = %s WHERE workspace_id = %s", [head, scene.place.id]
            )
        scene.crew.ledger.acked.clear()
        proxy.shut = False
        run.rest(5)
        scene.later.append(lambda: scene.must(scene.verdict.resyncs == 20, f"{scene.verdict.resyncs} resyncs of 20"))


def mail(run: Run) -> Iterator[None]:
    """Invitations while the worker is killed again and again; what it left, the sweep takes up: asked at the end."""
    each = 30 if run.options.quick else 150
    places = [found(f"mail-{number}-{int(time.time())}") for number in (1, 2)]
    began = time.monotonic()
    hands = [threading.Thread(target=_invite, args=(run, place, each), daemon=True) for place in places]
    for hand in hands:
        hand.start()
    while any(hand.is_alive() for hand in hands) or time.monotonic() - began < run.options.span(30):
        _amid_letters(run)
        run.system.restart_web(run.system.worker, 0.1)
    yield
    wanted = {f"{number}@{place.slug}.example.org" for place in places for number in range(each)}
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and (wanted - _sent(run) or _unsent(places)):
        time.sleep(1)
    _count_letters(run, wanted, places)


def _amid_letters(run: Run) -> None:
    """Two seconds of work at least: killed while it starts, it would be killed in the middle of nothing."""
    before, deadline = sum(run.sink.letters.values()), time.monotonic() + 10
    while sum(run.sink.letters.values()) < before + 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(random.uniform(0.0, 0.3))


def _invite(run: Run, place: Place, count: int) -> None:
    programs = [Program(run.system.port, place.slug, token, Ledger()) for token in place.tokens[:1]]
    for number in range(count):
        programs[0].write("POST", "invitations/", {"email": f"{number}@{place.slug}.example.org"})


def _sent(run: Run) -> set[str]:
    return {to for to, _ in list(run.sink.letters)}


def _unsent(places: list[Place]) -> int:
    found = 0
    for place in places:
        with tenancy.workspace(place.id, atomic=True):
            found += Invitation.objects.within(place.owner.workspace).filter(sent_at=None).count()
    return found


def _count_letters(run: Run, wanted: set[str], places: list[Place]) -> None:
    letters = {key: count for key, count in run.sink.letters.items() if key[0] in wanted}
    lost, unsent = wanted - {to for to, _ in letters}, _unsent(places)
    doubled = len(letters) - len({to for to, _ in letters})
    repeated = sum(letters.values()) - len(letters)
    words = f"{len(lost)} lost, {doubled} doubled under another Message-ID, {repeated} repeated under the same, {unsent} not marked as sent"
    print(f"{'the worker killed amid its letters':44} {len(wanted)} invitations by mail: {words}", flush=True)
    if lost or doubled or unsent:
        run.faults.append(f"mail: {words}")
