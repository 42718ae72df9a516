"""What each role is answered, rule by rule: `ok`, or the status of the refusal. Nothing is left to a default."""

from .world import INSIDERS

# what is said to whom the workspace is none of their business, by door; on pages a token opens nothing
OUTSIDE = {
    "page": {"anonymous": ("sign in", 401), "eve": (404,), "revoked": ("sign in", 401), "expired": ("sign in", 401)},
    "api": {"anonymous": (401,), "eve": (404,), "revoked": (401,), "expired": (401,)},
}

# lead: a role of level 25 that may invite, read the record, create tasks and comment; helper: level 15, may edit tasks and
# comment, and like a guest sees only what is shared, which is nothing; viewer … editor: guests of the project;
# t-viewer … t-editor: guests of its first task
TABLE = """
                  owner admin lead member helper guest viewer commenter editor t-viewer t-commenter t-editor
everybody         ok    ok    ok   ok     ok     ok    ok     ok        ok     ok       ok          ok
owners            ok    403   403  403    403    403   403    403       403    403      403         403
managers          ok    ok    403  403    403    403   403    403       403    403      403         403
inviters          ok    ok    ok   403    403    403   403    403       403    403      403         403
members           ok    ok    ok   ok     403    403   403    403       403    403      403         403
makers            ok    ok    403  ok     403    403   403    403       403    403      403         403
mine              ok    404   404  404    404    404   404    404       404    404      404         404
sees_project      ok    ok    ok   ok     404    404   ok     ok        ok     404      404         404
manages_project   ok    ok    403  ok     404    404   403    403       403    404      404         404
creates_tasks     ok    ok    ok   ok     404    404   403    403       ok     404      404         404
edits_project     ok    ok    403  ok     404    404   403    403       ok     404      404         404
sees_task         ok    ok    ok   ok     404    404   ok     ok        ok     ok       ok          ok
comments          ok    ok    ok   ok     404    404   403    ok        ok     403      ok          ok
edits_task        ok    ok    403  ok     404    404   403    403       ok     403      403         ok
deletes_task      ok    ok    403  ok     404    404   403    403       ok     403      403         403
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
