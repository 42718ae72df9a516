"""Whatever people write stays words on every page."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tasks.actions import (
    add_checklist_item,
    add_file,
    add_status,
    create_comment,
    create_label,
    create_tasks,
    update_project,
    update_task,
)
from tasks.actions.tasks import Draft
from tasks.files import Upload, clean_name
from tasks.models import Project
from tasks.tests.boards import column
from workspaces.actions import create_role, create_token, update_workspace
from workspaces.actor import Actor

from .boards import BOARD, ready, settled
from .conftest import Enter
from .payloads import PAYLOADS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FOREIGN = """() => window.__xss ?? [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]
  .filter(({ name, value }) => name.startsWith('on') || (name === 'style' && one.closest('.prose, .card, .list-row')) || /^\\W*(javascript|vbscript|data:text)/i.test(value) && /^(href|src|action|formaction|xlink:href|data)$/.test(name))
  .map(({ name, value }) => `${one.localName} ${name}=${value}`)
  .concat(one.closest('#main, #pane') && one.matches('script:not([src]), iframe, object, embed, base, meta, link, style') && !one.closest('template') ? [one.outerHTML.slice(0, 90)] : []))"""


def clean(page: Page) -> None:
    assert page.evaluate(FOREIGN) == []


def line(payload: str) -> str:
    return " ".join(payload.split())


def test_no_word_runs_as_script(enter: Enter, alice: Actor, bob: Actor, project: Project) -> None:
    assert len(PAYLOADS) >= 100
    User.objects.filter(pk=alice.user.pk).update(name=PAYLOADS[2])
    User.objects.filter(pk=bob.user.pk).update(name=PAYLOADS[0])
    update_workspace(alice, name="</title><script>window.__xss=1</script>")
    update_project(alice, project, name=PAYLOADS[4][:80], description=PAYLOADS[0])
    label = create_label(alice, project, name="<svg onload=window.__xss=1>")
    other = add_status(alice, project, name="<img src=x onerror=window.__xss=1>")
    drafts = [Draft(line(words), description=words, labels=[label], assignees=[bob.user]) for words in PAYLOADS]
    made = create_tasks(alice, project, drafts=drafts[:50], to=column(project, "To do"))
    create_tasks(bob, project, drafts=drafts[50:99], to=column(project, "Done"))
    create_tasks(bob, project, drafts=drafts[99:], to=other)
    talk = made[0]
    for words in PAYLOADS:
        talk = update_task(alice, talk, description=words)
        create_comment(alice, talk, body=words)
    add_checklist_item(alice, talk, text=line(PAYLOADS[3]))

    for number, words in enumerate(PAYLOADS):
        name = clean_name(f"{words[:180]}.png")
        upload = Upload(name, 1, "application/pdf", "0" * 64, f"attachments/{alice.workspace.pk.hex}/{number:032}")
        add_file(alice, made[1], upload=upload)
    create_role(alice, name=line(PAYLOADS[2])[:40], description=line(PAYLOADS[6]))
    create_token(alice, name=line(PAYLOADS[3])[:60])

    page = ready(enter(alice, BOARD))
    expect(page.locator(".card")).to_have_count(len(PAYLOADS))
    clean(page)
    page.locator(".card").first.click()
    expect(page.locator(".comment-card")).to_have_count(len(PAYLOADS))
    clean(settled(page))
    for path in (
        "/w/acme/p/FLOW/list/",
        f"/w/acme/t/{talk.ref}/",
        "/profile/",
        "/w/acme/activity/",
        "/w/acme/",
        "/w/acme/members/",
        "/w/acme/search/?q=window",
        "/w/acme/p/FLOW/settings/",
        f"/w/acme/t/{made[1].ref}/",
        "/w/acme/audit/",
        "/w/acme/settings/",
        "/w/acme/settings/roles/",
        "/w/acme/settings/tokens/",
    ):
        page.goto(path)
        clean(settled(page))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search or run a command").fill("window")
    expect(page.locator("#palette .palette-item .key").first).to_be_visible()
    clean(page)
