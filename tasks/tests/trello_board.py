"""A small Trello export for tests, in the shape and with the oddities of a real one."""

import json
from typing import Any

BOARD = "5ca3d99a0378a65090e60000"
ALICE = {"id": "5c92ac8de07cf04cdfe00001", "fullName": "Alice", "username": "alice", "initials": "A"}
JONAS = {"id": "5c92ac8de07cf04cdfe00002", "fullName": "Jonas Keller", "username": "jonas_keller", "initials": "JK"}
BUG = {"id": "5ca3d99a91d0c2ddc5900001", "idBoard": BOARD, "name": "Bug", "color": "red"}
PLAIN = {"id": "5ca3d99a91d0c2ddc5900002", "idBoard": BOARD, "name": "", "color": "sky_dark"}


def export(**changes: Any) -> dict[str, Any]:
    """The whole export; keywords replace top-level fields."""
    board = {
        "id": BOARD,
        "name": "Test drive",
        "desc": "A board to **try**.",
        "closed": False,
        "lists": _lists(),
        "cards": _cards(),
        "labels": [BUG, PLAIN],
        "members": [ALICE, JONAS],
        "checklists": _checklists(),
        "actions": _actions(),
        "customFields": [],
        "limits": {"boards": {"status": "ok"}},
    }
    return board | changes


def as_bytes(board: dict[str, Any] | None = None) -> bytes:
    """The file as it is downloaded."""
    return json.dumps(export() if board is None else board).encode()


def listed(name: str, number: int, *, closed: bool = False) -> dict[str, Any]:
    """One list of the export."""
    return {"id": f"5ca52ff089ca8d6fe7b{number:05d}", "name": name, "closed": closed, "pos": 1024.5 * number}


def card(name: str, number: int, on: int, **more: Any) -> dict[str, Any]:
    """One card of the export, on the list with that number."""
    return {
        "id": f"5ceedf1bc6515254e2d{number:05d}",
        "name": name,
        "desc": "",
        "idList": f"5ca52ff089ca8d6fe7b{on:05d}",
        "pos": 65535 * number,
        "closed": False,
        "due": None,
        "dueComplete": False,
        "idLabels": [],
        "idMembers": [],
        "idChecklists": [],
        "attachments": [],
        "idShort": number,
    } | more


def comment(number: int, text: str, on: int, who: dict[str, Any], date: str) -> dict[str, Any]:
    """One commentCard action."""
    data = {"text": text, "card": {"id": f"5ceedf1bc6515254e2d{on:05d}"}, "board": {"id": BOARD}}
    return {
        "id": f"5cfecc397fa05949c04{number:05d}",
        "type": "commentCard",
        "date": date,
        "memberCreator": who,
        "data": data,
    }


def _lists() -> list[dict[str, Any]]:
    names = [("Done", 5), ("Backlog", 1), ("In progress", 3)]
    closed = [("Old ideas", 2), ("Never used", 4)]
    return [listed(name, number) for name, number in names] + [listed(*one, closed=True) for one in closed]


def _cards() -> list[dict[str, Any]]:
    link = {
        "id": "5ceee03290efbd441b300001",
        "name": "Mock-up",
        "url": "https://files.example/mock-up.png",
        "isUpload": True,
    }
    script = {"id": "5ceee03290efbd441b300002", "name": "Trap", "url": "javascript:alert(1)"}
    return [
        card("Write the guide", 3, 1, pos=300),
        card("Draw the icon", 2, 1, pos=200, attachments=[link, script], desc="Use *two* colours."),
        card("Ask the users", 1, 1, pos=100, idMembers=[ALICE["id"], JONAS["id"]], idLabels=[BUG["id"], PLAIN["id"]]),
        card("Fix the login", 4, 3, due="2026-04-26T19:00:00.000Z", idMembers=[JONAS["id"]]),
        card("Choose a name", 5, 5, due="2026-03-01T19:00:00.000Z", dueComplete=True),
        card("First sketch", 6, 5, closed=True),
        card("A blimp", 7, 2),
        card("A second blimp", 8, 2, closed=True),
    ]


def _checklists() -> list[dict[str, Any]]:
    items = [
        {"id": "5ca6514a3220dd2d0f800002", "name": "Ask Carol", "state": "incomplete", "pos": 20},
        {"id": "5ca6514a3220dd2d0f800001", "name": "Ask Dan", "state": "complete", "pos": 10},
    ]
    return [
        {
            "id": "5ca6512be49d903a315f0001",
            "name": "Who",
            "idCard": "5ceedf1bc6515254e2d00001",
            "pos": 1,
            "checkItems": items,
        }
    ]


def _actions() -> list[dict[str, Any]]:
    created = {"card": {"id": "5ceedf1bc6515254e2d00001"}, "list": {"id": "5ca52ff089ca8d6fe7b00001"}}
    return [
        comment(2, "Second, by Alice", 1, ALICE, "2026-02-03T10:00:00.000Z"),
        comment(1, "First, by Jonas", 1, JONAS, "2026-02-02T10:00:00.000Z"),
        comment(3, "On a card that was deleted", 99999, JONAS, "2026-02-02T11:00:00.000Z"),
        {
            "id": "5d017a722ef2f6428a100001",
            "type": "updateCard",
            "date": "2026-02-01T10:00:00.000Z",
            "data": {"old": {"pos": 4}},
        },
        {
            "id": "5d017a722ef2f6428a100002",
            "type": "createCard",
            "date": "2026-02-01T09:00:00.000Z",
            "memberCreator": ALICE,
            "data": created,
        },
    ]
