"""The pages of rules: built line by line without a script, tried, kept, switched; read by members."""

import re

from tasks.actions import create_comment, create_label, create_project, delete_label, move_task
from tasks.jobs import tell_people
from tasks.models import AutomationRule, Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import browser, log

from .automations import fresh, rule, runs, work
from .boards import column

LIST, NEW = "/w/acme/automations/", "/w/acme/automations/new/"
FORM = {"name": "Finish", "project": "FLOW", "when": "finished", "then-0": "priority", "then-0-value": "0"}


def kept(by: Actor) -> list[AutomationRule]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(AutomationRule.objects.within(by.workspace).filter(deleted_at=None).order_by("created_at"))


def chosen(html: str, name: str) -> str:
    """The value of a select of the form."""
    select = re.search(rf'<select name="{name}".*?</select>', html, re.S)
    assert select, name
    return re.findall(r'<option value="([^"]*)" selected', select[0])[0]


def test_an_empty_page_offers_recipes(alice: Actor, project: Project) -> None:
    page = browser(alice).get(LIST).content.decode()
    assert "Let the board do the chores" in page and page.count("?recipe=") == 4
    for key in re.findall(r"\?recipe=(\w+)", page):
        client = browser(alice)
        form = client.get(f"{NEW}?recipe={key}").content.decode()
        fields = dict(re.findall(r'<input[^>]*name="(name|then-\d-value)" value="([^"]*)"', form))
        assert fields["name"] and "errors" not in form


def test_a_rule_is_built_without_a_script(alice: Actor, project: Project, cards: list[Task]) -> None:
    client = browser(alice)
    assert client.get(NEW).status_code == 200
    page = client.post(LIST, {**FORM, "do": "add:conditions"}).content.decode()
    assert chosen(page, "if-0") == "assigned" and chosen(page, "when") == "finished" and not kept(alice)
    page = client.post(LIST, {**FORM, "if-0": "priority_from", "do": "look"}).content.decode()
    assert 'name="if-0-value"' in page
    page = client.post(LIST, {**FORM, "if-0": "priority_from", "if-0-value": "3", "do": "add:steps"}).content.decode()
    assert chosen(page, "if-0-value") == "3" and 'name="then-1"' in page
    page = client.post(LIST, {**FORM, "then-1": "archive", "do": "drop:steps:0"}).content.decode()
    assert chosen(page, "then-0") == "archive" and 'name="then-1"' not in page
    answer = client.post(LIST, {**FORM, "if-0": "priority_from", "if-0-value": "3", "do": "save"})
    (made,) = kept(alice)
    assert answer.status_code == 302 and answer["Location"] == f"{LIST}{made.pk}/"
    page = client.get(answer["Location"]).content.decode()
    assert "When a card is finished, if its priority is High or higher, then set its priority to No priority." in page
    assert "It has not run yet" in page


def test_the_same_with_htmx_gives_the_form_alone(alice: Actor, project: Project) -> None:
    client = browser(alice)
    part = client.post(LIST, {**FORM, "do": "add:steps"}, headers={"HX-Request": "true", "HX-Target": "rule-form"})
    assert part.content.lstrip().startswith(b"<form") and b"<html" not in part.content
    answer = client.post(LIST, {**FORM, "do": "save"}, headers={"HX-Request": "true", "HX-Target": "rule-form"})
    assert answer["HX-Redirect"].startswith(LIST) and len(kept(alice)) == 1


def test_faults_stand_at_their_lines(alice: Actor, project: Project) -> None:
    client = browser(alice)
    answer = client.post(LIST, {**FORM, "name": "", "do": "save"})
    assert answer.status_code == 422 and b"Name may not be empty" in answer.content
    answer = client.post(LIST, {**FORM, "then-0": "label", "then-0-value": "", "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "is-faulty" in page and "Choose one." in page
    assert client.post(LIST, {**FORM, "project": "NOPE", "do": "save"}).status_code == 422
    assert client.post(LIST, {**FORM, "then-0-value": "9"}).status_code == 422
    assert client.post(LIST, {**FORM, "evil": "1"}).status_code == 422
    assert not kept(alice)


def test_trying_shows_and_does_nothing(alice: Actor, project: Project, cards: list[Task]) -> None:
    client = browser(alice)
    before = len(log(alice))
    page = client.post(LIST, {**FORM, "then-0": "archive", "do": "try", "card": "flow-1"}).content.decode()
    assert "Archived FLOW-1 One" in page and "Nothing was done." in page
    assert client.post(LIST, {**FORM, "do": "try", "card": "FLOW-99"}).status_code == 422
    assert len(log(alice)) == before and fresh(cards[0]).archived_at is None and not kept(alice)


def test_changing_takes_over_and_two_at_once_are_told(alice: Actor, project: Project) -> None:
    made, client = rule(alice, project, "created", "archive"), browser(alice)
    path = f"{LIST}{made.pk}/"
    assert client.post(path, {**FORM, "version": "1", "do": "save"}).status_code == 302
    answer = client.post(path, {**FORM, "name": "Late", "version": "1", "do": "save"})
    assert answer.status_code == 412 and b"changed by somebody else" in answer.content
    assert fresh(made).name == "Finish"


def test_runs_stand_on_the_page_with_their_undo(alice: Actor, project: Project, cards: list[Task]) -> None:
    made = rule(alice, project, "finished", ("priority", 4))
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    page = browser(alice).get(f"{LIST}{made.pk}/").content.decode()
    assert f'data-undo="{runs(alice)[0].change_id}"' in page and "/t/FLOW-1/" in page
    assert "Has not run yet" not in browser(alice).get(LIST).content.decode()


def test_what_is_gone_is_said(alice: Actor, project: Project) -> None:
    bug = create_label(alice, project, name="Bug")
    made = rule(alice, project, "created", ("label", "Bug"))
    delete_label(alice, bug)
    page = browser(alice).get(f"{LIST}{made.pk}/").content.decode()
    assert "The label it names is gone." in page and "(gone)" in page
    assert "names what is gone" in browser(alice).get(LIST).content.decode()


def test_switching_and_deleting(alice: Actor, project: Project) -> None:
    made, client = rule(alice, project, "created", "archive"), browser(alice)
    assert client.post(f"{LIST}{made.pk}/switch/", {"on": "0"}).status_code == 302 and not fresh(made).on
    assert client.post(f"{LIST}{made.pk}/switch/", {"on": "1"}).status_code == 302 and fresh(made).on
    assert client.delete(f"{LIST}{made.pk}/").status_code == 302 and not kept(alice)


def test_members_read_and_guests_do_not(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:
    hidden = create_project(alice, name="Hidden", key="HID", private=True)
    seen, secret = (
        rule(alice, project, "created", "archive", name="Seen"),
        rule(alice, hidden, "created", "archive", name="Secret"),
    )
    member = browser(bob)
    page = member.get(LIST).content.decode()
    assert "Seen" in page and "Secret" not in page and "automation-switch" not in page
    page = member.get(f"{LIST}{seen.pk}/").content.decode()
    assert "When a card is created" in page and 'id="rule-form"' not in page
    assert member.get(f"{LIST}{secret.pk}/").status_code == 404
    assert member.get(NEW).status_code == 403 and member.post(LIST, FORM).status_code == 403
    assert member.post(f"{LIST}{seen.pk}/", FORM).status_code == 403
    assert browser(gus).get(LIST).status_code == 403


def test_the_activity_says_whose_rule_it_was(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    rule(alice, project, "finished", ("priority", 4), name="Finish")
    move_task(bob, cards[0], to=column(project, "Done"))
    work(alice)
    card = browser(bob).get("/w/acme/t/FLOW-1/").content.decode()
    assert "Alice’s rule “Finish” set the priority of FLOW-1 One to urgent" in card
    feed = browser(bob).get("/w/acme/activity/").content.decode()
    assert "<b>Alice’s rule “Finish”</b> set the priority of" in feed


def test_the_inbox_says_what_a_rule_tells_and_that_one_was_switched_off(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    rule(alice, project, "finished", ("tell", "bob@example.com"), name="Finish")
    broken = rule(alice, project, "commented", ("label", create_label(alice, project, name="Bug").name), name="Broken")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        bug = project.labels.get()
        bug.project = project
    delete_label(alice, bug)
    move_task(alice, cards[0], to=column(project, "Done"))
    for _ in range(10):
        create_comment(alice, cards[1], body="Look")
    work(alice)
    tell_people(str(alice.workspace.pk))
    told = browser(bob).get("/w/acme/inbox/").content.decode()
    assert '<b dir="auto">Alice</b>' in told and "told you of it by the rule “Finish”" in told and "/t/FLOW-1/" in told
    stopped = browser(alice).get("/w/acme/inbox/").content.decode()
    assert "Your rule “Broken” was switched off. It has failed 10 times running." in stopped
    assert f'href="{LIST}{broken.pk}/"' in stopped and '<span dir="auto">Broken</span>' in stopped
