"""Models that a workspace asks with keys of its own: whom to ask, in which order, for what."""

from typing import Any

from django.conf import settings

from accounts import outward
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import line, set_fields, text
from workspaces.spine import action, record

from ..keys import seal
from ..models import AIConnection, Prompt
from ..models.settings import KINDS

MOST = 10
LONGEST_KEY = 500
SHOWN = 4  # characters of a key


@action
def add_ai_connection(by: Actor, *, key: str = "", **fields: Any) -> AIConnection:
    """`name`, `kind`, `model`, `base_url`, `timeout`, `purpose`: asked after all that there are. Its key is shown never again."""
    by.must("workspace.manage")
    rows = list(_held(by))
    if len(rows) >= MOST:
        raise Refused(f"A workspace has at most {MOST} connections: remove one first.", "name")
    row = AIConnection(workspace=by.workspace, order=max((one.order for one in rows), default=-1) + 1)
    set_fields(row, CLEAN, {"name": "", "kind": "", "model": "", **fields})
    _set_key(row, key)
    _check(row, rows)
    row.save(force_insert=True)
    record(by, "ai:connection_added", row, after=facts(row), label=row.name)
    return row


@action
def update_ai_connection(by: Actor, connection: AIConnection, *, key: str = "", **fields: Any) -> AIConnection:
    """Change some of it; an empty key leaves the one that there is, which goes nowhere else: a new address needs it again."""
    by.must("workspace.manage")
    rows = list(_held(by))
    row = next((one for one in rows if one.pk == connection.pk), None)
    if row is None:
        raise Refused("This connection was removed.")
    before, after = set_fields(row, CLEAN, fields)
    if {"kind", "base_url"} & after.keys() and row.key and not key:
        raise Refused("Enter the key again: it is never sent to another address than the one it was given for.", "key")
    if key:
        before, after = before | {"key": _end(row)}, after | {"key": _set_key(row, key)}
    if not after:
        return row
    _check(row, rows)
    row.save(update_fields=[*(name for name in after if name != "key"), "key", "key_end"])
    record(by, "ai:connection_updated", row, before=before, after=after, label=row.name)
    return row


@action
def move_ai_connection(by: Actor, connection: AIConnection, *, to: int) -> AIConnection:
    """To another place of the order: 0 is asked first, the next ones when it is down."""
    by.must("workspace.manage")
    rows = list(_held(by))
    was = next((place for place, one in enumerate(rows) if one.pk == connection.pk), None)
    if was is None:
        raise Refused("This connection was removed.")
    to = max(0, min(to, len(rows) - 1))
    if to == was:
        return rows[was]
    rows.insert(to, rows.pop(was))
    for place, one in enumerate(rows):
        one.order = place
    AIConnection.objects.within(by.workspace).bulk_update(rows, ["order"])
    record(by, "ai:connection_moved", rows[to], before={"order": was}, after={"order": to}, label=rows[to].name)
    return rows[to]


@action
def remove_ai_connection(by: Actor, connection: AIConnection) -> None:
    """It is asked no more, and its key is gone."""
    by.must("workspace.manage")
    row = _held(by).filter(pk=connection.pk).first()
    if row is None:
        return
    was = facts(row)
    AIConnection.objects.within(by.workspace).filter(pk=row.pk).delete()
    record(by, "ai:connection_removed", row, before=was, label=row.name)


def facts(row: AIConnection) -> dict[str, Any]:
    """What the record tells: of the key its last characters."""
    return {name: getattr(row, name) for name in CLEAN} | {"key": _end(row)}


def _held(by: Actor) -> Any:
    """All of the workspace's, in order; who changes them waits for the others who do."""
    return AIConnection.objects.within(by.workspace).select_for_update().order_by("order", "name")


def _end(row: AIConnection) -> str:
    return f"…{row.key_end}" if row.key_end else ""


def _set_key(row: AIConnection, key: object) -> str:
    """Seal it; returns how it is shown."""
    words = text(key, "key", longest=LONGEST_KEY).strip()
    if not (words.isascii() and words.isprintable()) or " " in words:
        raise Refused("A key has no spaces and only plain letters: copy it again.", "key")
    row.key, row.key_end = seal(words, "ai-keys"), words[-SHOWN:] if len(words) >= 4 * SHOWN else ""
    return _end(row) or ("…" if words else "")


def _check(row: AIConnection, rows: list[AIConnection]) -> None:
    if any(one.name.lower() == row.name.lower() and one.pk != row.pk for one in rows):
        raise Refused(f"There is a connection {row.name} already.", "name")
    if not row.key and not row.base_url:
        raise Refused("The provider asks for a key.", "key")
    if row.kind == "openai_chat" and not row.base_url:
        raise Refused("Say at which address it answers, such as https://llm.example.com/v1.", "base_url")


def _address(value: object) -> str:
    """Where people's words and the key may go: the open internet, encrypted."""
    url = text(value, "base_url", longest=300).strip().rstrip("/")
    if not url:
        return ""
    try:
        scheme = outward.look(url)
    except outward.Unfetchable as no:
        raise Refused(str(no), "base_url") from no
    if scheme != "https" and not settings.OUTWARD_ALLOW_PRIVATE:
        raise Refused("The address must start with https://: the key would travel readable.", "base_url")
    if "?" in url or "#" in url:
        raise Refused("The address ends with its path, such as /v1.", "base_url")
    return url


def _kind(value: object) -> str:
    kinds = dict(KINDS)
    if value not in kinds:
        raise Refused(f"The kind is one of {', '.join(kinds)}.", "kind")
    return str(value)


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 60:
        raise Refused("It waits 1 to 60 seconds.", "timeout")
    return value


def _purpose(value: object) -> str:
    known = purposes()
    if value not in ("", *known):
        raise Refused(f"The purpose is empty (all) or one of {', '.join(known)}.", "purpose")
    return str(value)


def purposes() -> list[str]:
    """What a connection can be for: each purpose, and where several share their first word, that word."""
    names = sorted(Prompt.objects.values_list("purpose", flat=True))
    heads = [name.partition(".")[0] for name in names if "." in name]
    return sorted({*names, *heads})


CLEAN = {
    "name": lambda value: line(value, "name", longest=80), "kind": _kind, "base_url": _address,
    "model": lambda value: line(value, "model", longest=120), "timeout": _seconds, "purpose": _purpose,
}  # fmt: skip
