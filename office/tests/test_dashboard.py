"""The morning's page: cards by role, numbers that lead to their rows; and what is announced to whom."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffAct
from billing.models import Billing
from office import announcing, charts, dashboard, jobs
from office.models import Announcement, FailedJob, SlowPage
from tasks.actions import create_comment, create_label, delete_label
from tasks.models import Project, Task
from tasks.tests.automations import rule, work
from workspaces.actor import Actor
from workspaces.spine import acting
from workspaces.tests.people import browser, make_staff

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
ALL = (
    "New workspaces", "Active people", "Trials ending", "Revenue", "AI cost", "Failed jobs", "Webhook failures", "Automations", "Slow pages", "Mails not taken", "Turned away",
)  # fmt: skip


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.delete("office:dashboard")


def shown(client: Client) -> str:
    return client.get("/admin/").content.decode()


def test_each_role_has_its_cards(alice: Actor) -> None:
    cards = {
        name: re.findall(r"<h2>([^<]+)</h2>", shown(make_staff(name, name)))
        for name in ("Support", "Finance", "Engineer")
    }
    assert "Revenue" in cards["Finance"] and "Failed jobs" not in cards["Finance"]
    assert "Failed jobs" in cards["Engineer"] and "Revenue" not in cards["Engineer"]
    assert "New workspaces" in cards["Support"] and "AI cost" not in cards["Support"]
    root = shown(make_staff("Root"))
    assert [name for name in ALL if name not in root] == []
    assert "No workspace has a subscription" in root


def test_how_rules_fare_is_told_without_their_words(alice: Actor, project: Project, cards: list[Task]) -> None:
    bug = create_label(alice, project, name="canary-label")
    made = rule(alice, project, "commented", ("label", "canary-label"), ("comment", "canary-words"), name="canary-name")
    delete_label(alice, bug)
    for _ in range(11):
        create_comment(alice, cards[0], body="Look")
    work(alice)
    engineer = make_staff("Erin", "Engineer")
    page = shown(engineer)
    assert "failed, of 10 runs in 24 hours; 1 rule switched off by failure" in page
    lists = ("tasks_automationrule_changelist", "tasks_automationrun_changelist")
    pages = [page, *(engineer.get(reverse(f"admin:{name}")).content.decode() for name in lists)]
    one = reverse("admin:tasks_automationrule_change", args=[made.pk])
    engineer.post(one, {"reason": "a rule that fails"})
    pages.append(engineer.get(one).content.decode())
    pages.append(engineer.get(reverse("admin:tasks_automationrule_changelist"), {"health": "stopped"}).content.decode())
    assert all(str(made.pk) in one for one in pages)
    assert not [one for one in pages if "canary" in one]
    assert "Automations" not in re.findall(r"<h2>([^<]+)</h2>", shown(make_staff("Fay", "Finance")))


def test_each_number_leads_to_a_list_that_opens(alice: Actor) -> None:
    root = make_staff("Root")
    found = set(re.findall(r'class="office-big[^"]*" href="([^"]+)"', shown(root)))
    assert len(found) == len(ALL)
    answers = {address: root.get(address.replace("&amp;", "&")).status_code for address in found}
    assert set(answers.values()) == {200}, answers


def test_the_numbers_are_those_of_the_rows(alice: Actor, eve: Actor) -> None:
    FailedJob(name="x", call="01890000-0000-7000-8000-000000000000", fault="E").save()
    SlowPage(route="w/<slug:workspace>/", method="GET", status=200, milliseconds=1500).save()
    now = timezone.now()
    for by, status, interval in ((alice, "active", "month"), (eve, "trialing", "year")):
        with acting(by):
            Billing(
                plan="pro",
                status=status,
                interval=interval,
                seats=4,
                month_cents=3600,
                trial_end=now + timedelta(days=3),
            ).save()
    text = shown(make_staff("Root"))
    numbers = dict(re.findall(r'<h2>([^<]+)</h2>\s*<a class="office-big[^"]*" href="[^"]+">([^<]+)</a>', text))
    assert (numbers["New workspaces"], numbers["Failed jobs"], numbers["Slow pages"]) == ("2", "1", "1")
    assert (numbers["Revenue"], numbers["Trials ending"]) == ("$36", "1")
    assert "Globex" in text


def test_a_chart_says_in_words_what_it_shows() -> None:
    today = timezone.now().date()
    chart = charts.by_day({today: 3, today - timedelta(days=2): 1}, days=4, today=today, what="Failed jobs")
    assert [bar.height > 0 for bar in chart.bars] == [False, True, False, True]
    assert chart.words == "Failed jobs, 4 days: 4 in all, most 3 on a day"


def announced(client: Client, **given: str) -> int:
    now = timezone.now()
    words = {
        "words": "Maintenance on Sunday", "kind": "warn", "link": "", "workspaces": "", "reason": "planned maintenance",
        "starts_at_0": f"{now - timedelta(days=1):%Y-%m-%d}", "starts_at_1": "00:00", "ends_at_0": f"{now + timedelta(days=2):%Y-%m-%d}", "ends_at_1": "00:00",
    }  # fmt: skip
    answer = client.post(reverse("admin:office_announcement_add"), words | given)
    announcing.forget()
    return answer.status_code


@pytest.fixture
def said(settings: object) -> None:
    settings.ANNOUNCEMENTS_FRESH = 0  # type: ignore[attr-defined]


def test_an_announcement_stands_above_pages_until_it_is_put_away(said: None, alice: Actor, bob: Actor) -> None:
    assert announced(make_staff("Ray", "Support")) == 302
    assert StaffAct.objects.get().reason == "planned maintenance"
    hers, his = browser(alice), browser(bob)
    assert b"Maintenance on Sunday" in hers.get("/w/acme/").content
    away = reverse("announcement_away", args=[Announcement.objects.get().pk])
    assert hers.post(away, {"next": "/w/acme/"})["Location"] == "/w/acme/"
    assert b"Maintenance on Sunday" not in hers.get("/w/acme/").content
    assert b"Maintenance on Sunday" in his.get("/w/acme/").content
    assert hers.post(away, {"next": "https://evil.example/"})["Location"] == "/"


def test_it_is_for_those_that_were_chosen_and_for_its_days(said: None, alice: Actor, eve: Actor) -> None:
    ray = make_staff("Ray", "Support")
    assert announced(ray, workspaces="globex") == 302
    assert b"Maintenance" not in browser(alice).get("/w/acme/").content
    assert b"Maintenance" in browser(eve).get("/w/globex/").content
    Announcement.objects.update(ends_at=timezone.now())
    assert b"Maintenance" not in browser(eve).get("/w/globex/").content


@pytest.mark.parametrize(
    "wrong", [{"workspaces": "nowhere"}, {"ends_at_0": "2020-01-01"}, {"link": "http://x.example"}, {"words": ""}, {"reason": ""}]
)  # fmt: skip
def test_what_is_wrong_is_said(wrong: dict[str, str]) -> None:
    assert announced(make_staff("Ray", "Support"), **wrong) == 200
    assert not Announcement.objects.exists()


def test_it_is_read_again_for_who_looks_at_it_and_for_nobody_else(alice: Actor) -> None:
    cache.delete_many([dashboard.KEPT, dashboard.ASKED])
    jobs.keep_first_page()
    assert cache.get(dashboard.KEPT) is None
    make_staff("Root").get("/admin/")
    cache.delete(dashboard.KEPT)
    jobs.keep_first_page()
    assert cache.get(dashboard.KEPT)[0].title == "New workspaces"
