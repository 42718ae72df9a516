"""Two workspaces full of payloads: in titles, descriptions, comments, checklists, names of people, labels, projects and files,
and in a board that was imported; each with a canary of its own, and a private project that whoever asks is not in.
"""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from tasks.actions import add_checklist_item, add_link, create_comment, create_label, create_project, create_tasks
from tasks.actions.imports import import_board
from tasks.actions.tasks import Draft
from tasks.imports.trello import parse
from tasks.models import Task
from tasks.tests.trello_board import as_bytes, export
from workspaces.actor import Actor
from workspaces.tests.people import add_member, browser, make_person

from .payloads import OUT, PAYLOADS

HUSH = "zqhushzq"
LATE = date(2026, 1, 1)
PARENTS = 2  # tasks that carry a half of the payloads each, in all they have


def canary_of(by: Actor) -> str:
    """A word that is in everything of the workspace and in nothing of another."""
    return f"zq{by.workspace.slug}zq"


def plant(owner: Actor, key: str) -> None:
    """Fill a workspace."""
    canary = canary_of(owner)
    words = [payload.replace("CANARY", canary) for payload in PAYLOADS]
    User.objects.filter(pk=owner.user.pk).update(name=f"{words[0][:40]} {canary}")
    project = create_project(owner, name=f"{canary} {words[1][:40]}", key=key)
    for place in range(30):
        create_label(owner, project, name=f"{place} {title(words[place])}"[:40])
    create_label(owner, project, name=canary)
    parents = create_tasks(
        owner, project, drafts=[Draft(f"Parent {canary}", f"{canary}\n{text}") for text in _halves(words, "\n\n")]
    )
    for parent, texts in zip(parents, _split(words), strict=True):
        drafts = [Draft(title(text), f"{text}\n{canary}", parent=parent, due=LATE) for text in texts]
        create_tasks(owner, project, drafts=drafts)
        for text in texts:
            create_comment(owner, parent, body=text)
            add_checklist_item(owner, parent, text=title(text))
    for text in words[:40]:
        add_link(owner, parents[0], url=f"{OUT}/{canary}", name=f"file {title(text)}"[:100])
    _upload(owner, parents[1].ref, words)
    _import(owner, words)
    _hush(owner, key)


def title(text: str) -> str:
    """A payload as a title holds it."""
    return " ".join(text.split())[:290]


def _split(words: list[str]) -> list[list[str]]:
    return [words[place::PARENTS] for place in range(PARENTS)]


def _halves(words: list[str], between: str) -> list[str]:
    return [between.join(part) for part in _split(words)]


def _upload(owner: Actor, ref: str, words: list[str]) -> None:
    """Files whose names are payloads, as a browser sends them; a name ends before its last slash."""
    names = [text for text in map(title, words) if text and "/" not in text]
    files = [SimpleUploadedFile(name, b"bytes") for name in names[:20]]
    answer = browser(owner).post(f"/w/{owner.workspace.slug}/t/{ref}/attachments/", {"file": files})
    assert answer.status_code < 300, answer.content


def _import(owner: Actor, words: list[str]) -> Any:
    board = export(name=title(words[3]), desc=words[40])
    cards = [
        card | {"name": title(words[place]), "desc": words[place + 20]} for place, card in enumerate(board["cards"])
    ]
    return import_board(owner.through("import", on_behalf_of=owner.user), parse(as_bytes(board | {"cards": cards})))


def _hush(owner: Actor, key: str) -> Task:
    """Somebody else's private project with the same words in it."""
    other = add_member(owner, make_person(f"other-{owner.workspace.slug}"), "member")
    hush = create_project(other, name=HUSH, key=f"H{key[:3]}", private=True)
    create_label(other, hush, name=HUSH)
    return create_tasks(other, hush, drafts=[Draft(f"{title(text)[:200]} {HUSH}") for text in PAYLOADS[:20]])[0]
