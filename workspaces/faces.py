"""People and workspaces as a page draws them: a name, and initials on a colour of their own until there is a picture."""

from typing import Any

from accounts.models import User

from .events import author


def face(user: User | None, name: str = "") -> dict[str, Any]:
    """A person; `name` stands for somebody who is not one of ours (imports)."""
    if user is None:
        return {"id": "", "name": name or "Somebody", "initials": initials(name or "?"), "color": 8, "avatar_url": ""}
    return {
        "id": user.pk, "name": str(user), "initials": user.initials, "color": user.color, "avatar_url": user.avatar_url,
    }  # fmt: skip


def author_face(row: Any) -> dict[str, Any]:
    """Who did what a row of the record tells; the support says for whom."""
    return face(row.actor) | ({"name": author(row.via, row.actor, row.on_behalf_of)} if row.via == "support" else {})


def crest(workspace: Any) -> dict[str, Any]:
    """A workspace."""
    return {
        "name": workspace.name, "slug": workspace.slug, "initials": initials(workspace.name), "color": workspace.pk.int % 12,
    }  # fmt: skip


def initials(name: str) -> str:
    """Of the first and the last word."""
    words = name.split() or ["?"]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
