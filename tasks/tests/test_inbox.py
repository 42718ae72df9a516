"""The inbox at its doors: what stands in it, what one does with it, whose it is."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tasks.actions import create_comment, share_task, unshare_task, update_task
from tasks.actions.telling import tell_people
from tasks.models import Notification, Project, Task, Watch
from tasks.tests.boards import add
from tasks.tests.inboxes import items
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.spine import acting
from workspaces.tests.people import Program, browser, log


def inbox(who: Actor, query: str = "") -> str:
    tell_people(who.workspace.pk)
    return str(browser(who).get(f"/w/acme/inbox/{query}").content.decode())


def post(who: Actor, path: str, **fields: str) -> Any:
    response = browser(who).post(f"/w/acme/{path}", fields)
    assert response.status_code == 204, response.content
    return json.loads(response["HX-Trigger"])["flowboard:done"]


def one_of(who: Actor) -> str:
    return f"inbox/{items(who)[0].pk}/"


def test_the_page_says_who_did_what_to_which_task_and_why(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    assert "Nothing needs you." in inbox(bob)
    update_task(alice, cards[0], assignees=[bob.user])
    create_comment(alice, cards[1], body="Dear @bob, **please** look <b>here</b>")
    page = inbox(bob)
    assert page.index("mentioned you") < page.index("assigned it to you")
    assert "Dear @bob, **please** look &lt;b&gt;here&lt;/b&gt;" in page
    assert 'data-because="somebody wrote @ and your name"' in page
    assert page.count('aria-label="2 unread"') == 3  # sidebar, thumb bar, tab
    assert "Nothing new." in inbox(bob, "?box=activity")


def test_done_unread_snoozed_and_back(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    where, rows = one_of(bob), len(log(alice))
    post(bob, where, do="read")
    assert items(bob)[0].read_at
    post(bob, where, do="unread")
    assert not items(bob)[0].read_at
    assert post(bob, where, do="done")["inbox"] == {"sentence": "Done", "undo": {"do": "undone"}}
    assert items(bob) == [] and "assigned it to you" in inbox(bob, "?box=done")
    post(bob, where, do="undone")
    later = (timezone.now() + timedelta(hours=5)).isoformat()
    assert post(bob, where, do="snooze", until=later)["inbox"]["undo"] == {"do": "wake"}
    assert items(bob) == [] and "assigned it to you" in inbox(bob, "?box=snoozed")
    post(bob, where, do="wake")
    assert len(items(bob)) == 1
    assert len(log(alice)) == rows


def test_a_snooze_is_refused_for_yesterday_and_for_no_time(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    where = f"/w/acme/{one_of(bob)}"
    for until in ("2001-01-01T09:00", "soon", "", (timezone.now() + timedelta(days=800)).isoformat()):
        assert browser(bob).post(where, {"do": "snooze", "until": until}).status_code == 422
    assert browser(bob).post(where, {"do": "burn"}).status_code == 422


def test_what_slept_wakes_unread_at_the_top(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    from tasks.jobs import sweep_inboxes

    update_task(alice, cards[0], assignees=[bob.user])
    update_task(alice, cards[1], assignees=[bob.user])
    post(bob, f"inbox/{items(bob)[1].pk}/", do="snooze", until=(timezone.now() + timedelta(hours=1)).isoformat())
    past = timezone.now() - timedelta(seconds=1)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        rows = Notification.objects.within(bob.workspace).filter(user=bob.user)
        rows.exclude(snoozed_until=None).update(snoozed_until=past, shown_at=timezone.now())
    sweep_inboxes(str(bob.workspace.pk))
    assert [(one.task.ref, one.read_at, one.snoozed_until) for one in items(bob)] == [
        ("FLOW-1", None, None), ("FLOW-2", None, None)
    ]  # fmt: skip


def test_all_is_read_and_unread_again(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    post(bob, one_of(bob), do="read")
    update_task(alice, cards[1], assignees=[bob.user])
    tell_people(bob.workspace.pk)
    undo = post(bob, "inbox/", box="needs_me")["inbox"]["undo"]
    assert all(one.read_at for one in items(bob))
    post(bob, "inbox/", **undo)
    assert [bool(one.read_at) for one in items(bob)] == [False, True]


def test_an_item_is_its_persons_alone(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    where = f"/w/acme/{one_of(bob)}"
    assert browser(alice).post(where, {"do": "done"}).status_code == 404
    assert Program(alice).post(where.removeprefix("/w/acme/") + "done/", {}).status_code == 404
    assert len(items(bob)) == 1


def test_what_is_no_longer_shared_is_out_of_reach(alice: Actor, gus: Actor, cards: list[Task]) -> None:
    share_task(alice, cards[0], person=gus.user)
    where = f"/w/acme/{one_of(gus)}"
    unshare_task(alice, cards[0], person=gus.user)
    assert "shared it with you" not in inbox(gus)
    assert browser(gus).post(where, {"do": "done"}).status_code == 404
    assert Program(gus).get("inbox/counts/").json() == {"needs_me": 0, "activity": 0}


def test_many_items_come_page_by_page(alice: Actor, bob: Actor, project: Project) -> None:
    with acting(alice):
        tasks = add(alice, project, *map(str, range(70)))
    for task in tasks[:60]:
        update_task(alice, task, assignees=[bob.user])
    page = inbox(bob)
    assert page.count('class="inbox-item') == 50
    more = page.split('cards-more skeleton" hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert browser(bob).get(more).content.decode().count('class="inbox-item') == 10
    assert Program(bob).get("inbox/counts/").json()["needs_me"] == 60
    program = Program(bob)
    first = program.get("inbox/?limit=40").json()
    rest = program.get(first["next"].removeprefix("http://testserver")).json()
    assert [len(first["results"]), len(rest["results"]), rest["next"]] == [40, 20, None]


def test_a_bulk_act_names_a_few_of_its_tasks(alice: Actor, bob: Actor, project: Project) -> None:
    tasks = add(alice, project, *map(str, range(9)))
    response = Program(alice).post(
        "tasks/bulk/", {"tasks": [task.ref for task in tasks], "set": {"assignees": [str(bob.user.pk)]}}
    )
    assert response.status_code == 200
    page = inbox(bob)
    assert "assigned you 9 tasks" in page and "and 6 more" in page
    assert page.count('class="inbox-item') == 1
    (row,) = Program(bob).get("inbox/").json()["results"]
    assert (row["count"], row["task"], row["tasks"]) == (9, None, ["FLOW-1", "FLOW-2", "FLOW-3"])


def test_the_bell_follows_and_mutes(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    def bell(who: Actor) -> str:
        page = browser(who).get("/w/acme/t/FLOW-1/").content.decode()
        return str(page.split('id="pane-watch"')[1].split(">")[0])

    assert 'aria-pressed="true"' in bell(alice) and "you created it" in bell(alice)
    assert 'aria-pressed="false"' in bell(bob)
    post(bob, "t/FLOW-1/watch/", level="watching")
    assert "you chose to" in bell(bob)
    post(bob, "t/FLOW-1/watch/", level="muted")
    assert 'aria-pressed="false"' in bell(bob)
    assert Program(bob).get("tasks/FLOW-1/watch/").json() == {"level": "muted"}
    assert Program(bob).call("put", "tasks/FLOW-1/watch/", {"level": None}).json() == {"level": None}


def test_muting_a_reason_by_program_and_by_page(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    assert post(bob, "inbox/mute/", reason="assigned", on="1")["inbox"]["undo"] == {"reason": "assigned", "on": "0"}
    update_task(alice, cards[0], assignees=[bob.user])
    assert items(bob) == []
    assert Program(bob).post("inbox/mute/", {"reason": "assigned", "muted": False}).status_code == 204
    update_task(alice, cards[1], assignees=[bob.user])
    assert len(items(bob)) == 1
    assert browser(bob).post("/w/acme/inbox/mute/", {"reason": "love"}).status_code == 422


def test_whoever_leaves_leaves_their_inbox(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    create_comment(alice, cards[0], body="@bob")
    assert len(items(bob)) == 1
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).select_related("user", "role").get(user=bob.user)
    remove_member(alice, membership)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        for model in (Notification, Watch):
            assert not model.objects.within(alice.workspace).filter(user=bob.user).exists()


def test_a_mention_is_drawn_as_one(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    create_comment(alice, cards[0], body="Ask @Bob, not @Nobody; `@Bob`")
    page = browser(bob).get("/w/acme/t/FLOW-1/").content.decode()
    assert 'Ask <span class="mention">@Bob</span>, not @Nobody; <code>@Bob</code>' in page
