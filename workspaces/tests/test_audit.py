"""The audit page and its API: every row to who may read it, filtered, and nothing of projects that are not theirs."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.actions import create_project, move_task
from tasks.models import Project, Task
from tasks.tests.boards import add, column
from workspaces import audit as reading
from workspaces.actions import change_role, create_token
from workspaces.actor import Actor
from workspaces.models import Role

from .people import Program, browser, log

URL = "/w/acme/audit/"


def page(actor: Actor, query: str = "") -> str:
    """The rows as words, without the filter above them."""
    html = browser(actor).get(URL + query).content.decode()
    rows = html[html.index('id="rows-title"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", rows[: rows.index("</main>")]))


def api(actor: Actor, query: str = "") -> list[dict]:
    answer = Program(actor).get(f"audit/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_owners_and_admins_read_it_and_others_do_not(alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> None:
    assert "created the workspace Acme" in page(alice)
    assert browser(bob).get(URL).status_code == browser(gus).get(URL).status_code == 403
    assert browser(eve).get(URL).status_code == 404
    assert Client().get(URL).status_code == 302
    for path in ("audit/", "audit/export?format=csv"):
        assert Program(bob).get(path).status_code == 403
        assert Program(eve).get(f"/api/v1/workspaces/acme/{path}").status_code == 404
    for path in ("days/", "check/", "export/?format=csv"):
        assert browser(bob).get(URL + path).status_code == 403


def test_an_auditor_of_a_custom_role(alice: Actor, bob: Actor, inside: None) -> None:
    role = Role(workspace=alice.workspace, name="Auditor", level=20, permissions=["audit.read"])
    role.save()
    browser(alice).post(f"/w/acme/members/{_membership(bob).pk}/", {"role": str(role.pk)})
    assert "created the workspace Acme" in page(bob)
    assert browser(bob).get(f"{URL}export/?format=csv").status_code == 403
    assert "Export" not in browser(bob).get(URL).content.decode()


def _membership(actor: Actor):  # type: ignore[no-untyped-def]
    from workspaces.models import Membership

    return Membership.objects.within(actor.workspace).get(user=actor.user)


def test_filters(alice: Actor, bob: Actor, cards: list[Task], project: Project) -> None:
    move_task(bob.through("api"), cards[0], to=column(project, "Done"))
    change_role(alice, _in(alice, bob), role=_role(alice, "admin"))
    assert {row["actor"]["name"] for row in api(alice, f"?person={bob.user.pk}")} == {"Bob"}
    assert {row["via"] for row in api(alice, "?via=api")} == {"api"}
    assert {row["event"] for row in api(alice, "?event=member:role_changed")} == {"member:role_changed"}
    assert {row["subject"]["key"] for row in api(alice, "?about=flow-1")} == {"FLOW-1"}
    assert {row["subject"]["label"] for row in api(alice, "?about=Two")} == {"Two"}
    assert "Bob moved FLOW-1 One" in page(alice, f"?person={bob.user.pk}&via=api")
    assert "Nothing fits" in page(alice, f"?person={bob.user.pk}&event=token:created")
    assert "Nothing fits" in page(alice, "?person=support")
    assert "Nothing fits" in page(alice, "?person=programs")


def _in(by: Actor, who: Actor):  # type: ignore[no-untyped-def]
    from workspaces import tenancy

    with tenancy.workspace(by.workspace.pk, atomic=True):
        return _membership(who)


def _role(by: Actor, key: str) -> Role:
    from workspaces import tenancy

    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def test_days_are_the_readers_own(alice: Actor) -> None:
    alice.user.time_zone = "Pacific/Auckland"
    alice.user.save()
    rows = log(alice)
    with timezone.override("Pacific/Auckland"):
        today = timezone.localtime(rows[0].created_at).date()
    assert "created the workspace" in page(alice, f"?since={today}&until={today}")
    assert "Nothing fits" in page(alice, f"?until={today - timedelta(days=1)}")
    assert "Pacific/Auckland" in browser(alice).get(URL).content.decode()


@pytest.mark.parametrize(
    "query",
    ["person=x", "via=door", "event=task:nonsense", "since=yesterday", "until=0001-01-01", "about=" + "x" * 101],
)
def test_a_wrong_filter_is_refused_by_name(alice: Actor, query: str) -> None:
    name = query.partition("=")[0]
    for path in ("", "days/", "export/"):
        assert browser(alice).get(f"{URL}{path}?{query}&format=csv").status_code == 422
    answer = Program(alice).get(f"audit/?{query}")
    assert answer.status_code in (400, 422)
    assert name in answer.json()["errors"]


def test_a_wrong_place_and_an_unknown_filter_are_refused(alice: Actor) -> None:
    assert browser(alice).get(f"{URL}?cursor=x").status_code == 422
    assert browser(alice).get(f"{URL}export/?format=xml").status_code == 422
    assert Program(alice).get("audit/?who=x").status_code == 400


def test_what_is_of_a_private_project_is_withheld_and_not_found(alice: Actor, bob: Actor) -> None:
    secret = create_project(bob, name="Layoffs", key="LAY", private=True)
    add(bob, secret, "Sack everybody")
    words = page(alice)
    assert "Layoffs" not in words and "Sack" not in words and "LAY-1" not in words
    assert "did something in a private project" in words
    for about in ("LAY-1", "Sack", "LAY"):
        assert api(alice, f"?about={about}") == []
    rows = [row for row in api(alice) if row["withheld"]]
    assert {row["event"] for row in rows} >= {"project:created", "task:created"}
    assert all(row["before"] == row["after"] == {} and row["subject"]["label"] == "" for row in rows)
    assert "Sack everybody" in str(api_of_member(alice, bob))


def api_of_member(alice: Actor, bob: Actor) -> list[dict]:
    """Bob as an admin, who belongs to the project."""
    change_role(alice, _in(alice, bob), role=_role(alice, "admin"))
    return api(bob)


def test_pages_follow_each_other_both_ways(alice: Actor, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    add(alice, project, *[f"Card {number}" for number in range(70)])
    client, seen, url = browser(alice), [], URL
    while url:
        html = client.get(url).content.decode()
        seen += re.findall(r'id="seq-(\d+)"', html)
        last, older = html, re.search(r'href="(\?[^"]*cursor=[^"]+)">(?:Older|Look)', html)
        url = URL + older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(row.seq) for row in reversed(log(alice))]
    newer = re.search(r'href="(\?[^"]+)">.{0,200}Newer', last, re.S)
    assert newer and 'id="seq-' in client.get(URL + newer[1].replace("&amp;", "&")).content.decode()


def test_a_filter_without_an_index_says_how_far_it_looked(
    alice: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_token(alice, name="the one")
    add(alice, project, *[f"Card {number}" for number in range(30)])
    monkeypatch.setattr(reading, "LOOKED", 10)
    client, url, tries = browser(alice), f"{URL}?event=token:created", 0
    while "the one" not in (html := client.get(url).content.decode()):
        assert "Looked through" in html
        url, tries = URL + re.search(r'href="(\?[^"]*cursor=[^"]+)">Look', html)[1].replace("&amp;", "&"), tries + 1  # type: ignore[index]
    assert tries == 2


def test_tokens_roles_and_invitations_are_in_it(alice: Actor, bob: Actor) -> None:
    create_token(bob, name="nightly")
    change_role(alice, _in(alice, bob), role=_role(alice, "admin"))
    browser(alice).post("/w/acme/invitations/", {"emails": "zoe@example.com", "role": "member"})
    words = page(alice)
    assert "Bob made the access token nightly" in words
    assert "Alice changed the role of Bob from Member to Admin" in words
    assert "Alice invited zoe@example.com as Member" in words


def test_bars_of_days(alice: Actor, project: Project) -> None:
    html = browser(alice).get(f"{URL}days/").content.decode()
    today = timezone.localdate()
    assert len(re.findall("<rect", html)) == 30
    assert f"since={today:%Y-%m-%d}&amp;until={today:%Y-%m-%d}" in html
    assert f": {len(log(alice))} rows" in html
    year = browser(alice).get(f"{URL}days/?since={today - timedelta(days=364)}&via=web").content.decode()
    assert len(re.findall("<rect", year)) == 53 and "via=web" in year


def test_the_chain_is_verified_on_the_page(alice: Actor) -> None:
    client = browser(alice)
    assert "not checked yet" in client.get(URL).content.decode()
    head = log(alice)[-1].seq
    assert client.post(f"{URL}check/").status_code == 302
    html = client.get(URL).content.decode()
    assert f"Chain verified up to {head} on" in html
    row = log(alice, "audit:verified")[0]
    assert row.after["hash"] == log(alice)[head - 1].hash and row.after["outcome"] == "whole"


def test_a_long_check_is_a_job_that_says_how_far_it_is(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from workspaces import auditing, checking
    from workspaces.jobs import check_record

    monkeypatch.setattr(checking, "SMALL", 0)
    browser(alice).post(f"{URL}check/")
    check = _check(alice)
    assert check.running and check.percent == 0
    assert "Checking the chain" in browser(alice).get(f"{URL}check/").content.decode()
    check_record(str(alice.workspace.pk), str(alice.user.pk))
    assert _check(alice).running is None and _check(alice).facts["outcome"] == "whole"
    assert auditing.key(alice.workspace.pk)


def _check(by: Actor):  # type: ignore[no-untyped-def]
    from workspaces import auditing, tenancy

    with tenancy.workspace(by.workspace.pk, atomic=True):
        return auditing.last_check(by)


def test_as_many_queries_for_three_as_for_fifty(alice: Actor, project: Project) -> None:
    client = browser(alice)
    client.get(URL)
    counts = []
    for number in (1, 40):
        add(alice, project, *[f"Card {number}-{one}" for one in range(number)])
        with CaptureQueriesContext(connection) as seen:
            client.get(URL)
        counts.append(len([one for one in seen if one["sql"].lstrip().startswith("SELECT")]))
    assert counts[0] == counts[1]


def test_each_page_is_a_range_of_an_index(alice: Actor, inside: None) -> None:
    """Read in its order, so that a page of a million rows stops after fifty."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    days = {"since": "2026-01-01", "until": "2026-02-01"}
    for asked, index in (
        ({}, "activitylog_when"),
        (days, "activitylog_when"),
        ({"person": str(alice.user.pk)}, "activitylog_person"),
        ({"person": str(alice.user.pk), **days}, "activitylog_person"),
    ):
        rows = reading.Audit(alice, reading.read_asked(asked)).rows()
        plan = rows.order_by("-created_at", "-seq")[:51].explain()
        assert f"using {index}" in plan and "Sort" not in plan, plan
