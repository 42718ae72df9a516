"""What each role is answered, rule by rule: `ok`, or the status of the refusal. Nothing is left to a default."""

from .world import INSIDERS

# what is said to whom the workspace is none of their business, by door; on pages a token opens nothing
OUTSIDE = {
    "page": {
        "anonymous": ("sign in", 401), "eve": (404,), "revoked": ("sign in", 401), "expired": ("sign in", 401),
        "reader": ("sign in", 401), "stray": ("sign in", 401),
    },
    "api": {"anonymous": (401,), "eve": (404,), "revoked": (401,), "expired": (401,), "stray": (403,)},
}  # fmt: skip

# the area of an address, by its first word below the workspace, or a later one: a token of all other areas is refused
AREAS = {
    "tasks": "tasks", "board": "tasks", "search": "tasks", "inbox": "tasks", "projects": "projects", "imports": "projects", "members": "members",
    "invitations": "members", "roles": "members", "ownership": "members", "tokens": "tokens", "activity": "audit", "audit": "audit", "ai": "ai", "automations": "automations", "": "workspace", "billing": "workspace",
}  # fmt: skip

# lead: a role of level 25 that may invite, read the record, create tasks and comment; helper: level 15, may edit tasks and
# comment, and like a guest sees only what is shared, which is nothing; viewer … editor: guests of the project;
# t-viewer … t-editor: guests of its first task
TABLE = """
                  owner admin lead member helper guest viewer commenter editor t-viewer t-commenter t-editor
everybody         ok    ok    ok   ok     ok     ok    ok     ok        ok     ok       ok          ok
owners            ok    403   403  403    403    403   403    403       403    403      403         403
managers          ok    ok    403  403    403    403   403    403       403    403      403         403
inviters          ok    ok    ok   403    403    403   403    403       403    403      403         403
knows_person      ok    ok    ok   ok     404    404   ok     ok        ok     404      404         404
changes_person    ok    ok    403  403    404    404   403    403       403    404      404         404
hands_over        ok    403   403  403    404    404   403    403       403    404      404         404
members           ok    ok    ok   ok     403    403   403    403       403    403      403         403
makers            ok    ok    403  ok     403    403   403    403       403    403      403         403
own_or_managed    ok    ok    404  404    404    404   404    404       404    404      404         404
own_or_invited    ok    ok    ok   404    404    404   404    404       404    404      404         404
mine              ok    404   404  404    404    404   404    404       404    404      404         404
sees_project      ok    ok    ok   ok     404    404   ok     ok        ok     404      404         404
part_of_project   ok    ok    ok   ok     404    404   ok     ok        ok     ok       ok          ok
sees_change       ok    ok    ok   ok     404    404   ok     ok        ok     404      404         404
undoes            ok    ok    409  ok     404    404   409    409       ok     404      404         404
approves          ok    ok    403  ok     404    404   403    403       403    404      404         404
manages_project   ok    ok    403  ok     404    404   403    403       403    403      403         403
creates_tasks     ok    ok    ok   ok     404    404   403    403       ok     403      403         403
edits_project     ok    ok    403  ok     404    404   403    403       ok     403      403         403
sees_task         ok    ok    ok   ok     404    404   ok     ok        ok     ok       ok          ok
comments          ok    ok    ok   ok     404    404   403    ok        ok     403      ok          ok
edits_task        ok    ok    403  ok     404    404   403    403       ok     403      403         ok
transfers         ok    422   403  422    404    404   403    403       422    403      403         422
puts_away         ok    ok    403  ok     404    404   403    403       ok     403      403         422
assigns           ok    ok    403  ok     404    404   403    403       ok     422      422         422
ties_tasks        ok    ok    403  ok     404    404   403    403       ok     422      422         422
unties_tasks      ok    ok    403  ok     404    404   403    403       ok     404      404         404
deletes_task      ok    ok    403  ok     404    404   403    403       ok     403      403         403
auditors          ok    ok    ok   403    403    403   403    403       403    403      403         403
asks_factor       422   422   403  403    403    403   403    403       403    403      403         403
exporters         ok    ok    403  403    403    403   403    403       403    403      403         403
ai_users          ok    ok    404  ok     404    404   404    404       404    404      404         404
own_usage         ok    ok    404  404    404    404   404    404       404    404      404         404
leaves            422   ok    ok   ok     ok     ok    ok     ok        ok     ok       ok          ok
edits_many        ok    ok    403  ok     422    422   403    403       ok     403      403         ok
unshares          ok    ok    403  ok     404    404   404    404       404    404      404         404
asks_ai           409   409   403  409    403    403   403    403       403    403      403         403
breaks_down       ok    ok    403  ok     404    404   403    403       403    403      403         403
breaks_named      ok    ok    403  ok     422    422   403    403       403    403      403         403
asks_there        ok    ok    403  ok     404    404   403    403       403    403      403         403
asks_named        ok    ok    403  ok     422    422   403    403       403    403      403         403
triages           ok    ok    403  ok     404    404   403    403       403    403      403         403
triages_named     ok    ok    403  ok     422    422   403    403       403    403      403         403
answers_named     409   409   403  409    422    422   403    403       403    403      403         403
plans             ok    ok    403  ok     404    404   403    403       403    403      403         403
plans_named       ok    ok    403  ok     422    422   403    403       403    403      403         403
asks_billing      409   403   403  403    403    403   403    403       403    403      403         403
own_comment       ok    403   403  403    404    404   403    403       403    403      403         403
"""


def _read(table: str) -> dict[str, dict[str, tuple[int | str, ...]]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    names = [name.replace("t-", "task_") for name in head]
    assert names == list(INSIDERS), "every role has its column"
    return {name: {who: _said(word) for who, word in zip(names, words, strict=True)} for name, *words in rows}


def _said(word: str) -> tuple[int | str, ...]:
    return (word,) if word == "ok" else (int(word),)


RULES = _read(TABLE)
