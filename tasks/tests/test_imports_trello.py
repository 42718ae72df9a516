"""The Trello parser: what it reads, and that every fault of a file is one ImportFault with its place."""

import json
import random
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.imports.board import Board
from tasks.imports.fault import ImportFault
from tasks.imports.trello import parse
from tasks.tests.trello_board import as_bytes, card, export


def board(**changes: Any) -> Board:
    return parse(as_bytes(export(**changes)))


def fault(data: bytes | dict[str, Any]) -> ImportFault:
    with pytest.raises(ImportFault) as caught:
        parse(data if isinstance(data, bytes) else as_bytes(data))
    return caught.value


def named(name: str) -> Any:
    return next(card for column in board().columns for card in column.cards if card.name == name)


class TestReading:
    def test_lists_stand_in_their_order_with_their_cards_in_theirs(self) -> None:
        assert [(column.name, column.closed, [card.name for card in column.cards]) for column in board().columns] == [
            ("Backlog", False, ["Ask the users", "Draw the icon", "Write the guide"]),
            ("Old ideas", True, ["A blimp", "A second blimp"]),
            ("In progress", False, ["Fix the login"]),
            ("Never used", True, []),
            ("Done", False, ["Choose a name", "First sketch"]),
        ]

    def test_the_same_position_twice_keeps_the_order_of_the_file(self) -> None:
        cards = [card("B", 1, 1, pos=5), card("A", 2, 1, pos=5)]
        assert [found.name for found in board(cards=cards).columns[0].cards] == ["B", "A"]

    def test_a_card_brings_labels_people_checklist_and_comments(self) -> None:
        found = named("Ask the users")
        assert [(tag.name, tag.colour) for tag in found.tags] == [("Bug", "red"), ("Sky", "sky_dark")]
        assert [person.name for person in found.people] == ["Alice", "Jonas Keller"]
        assert [(step.name, step.done) for step in found.checklists[0].steps] == [
            ("Ask Dan", True),
            ("Ask Carol", False),
        ]
        assert [(remark.author.name, remark.text) for remark in found.remarks] == [
            ("Jonas Keller", "First, by Jonas"),
            ("Alice", "Second, by Alice"),
        ]
        assert found.remarks[0].written_at == datetime(2026, 2, 2, 10, tzinfo=UTC)

    def test_creation_comes_from_the_history_or_from_the_identifier(self) -> None:
        assert named("Ask the users").created_at == datetime(2026, 2, 1, 9, tzinfo=UTC)
        assert named("Ask the users").creator.name == "Alice"
        assert named("Draw the icon").created_at == datetime.fromtimestamp(0x5CEEDF1B, UTC)
        assert named("Draw the icon").creator is None

    def test_due_and_archived(self) -> None:
        assert named("Fix the login").due_at == datetime(2026, 4, 26, 19, tzinfo=UTC)
        assert (named("Choose a name").due_met, named("Fix the login").due_met) == (True, False)
        assert (named("First sketch").closed, named("Choose a name").closed) == (True, False)

    def test_links_keep_web_addresses_only(self) -> None:
        assert [(link.name, link.url) for link in named("Draw the icon").links] == [
            ("Mock-up", "https://files.example/mock-up.png")
        ]

    def test_what_has_no_place_is_named(self) -> None:
        told = {omission.what: omission.why for omission in board(customFields=[{"id": "f"}]).omissions}
        assert told == {
            "An attachment of cards[1]": "Its address is not one on the web, or far too long.",
            "1 comment": "The card is no longer on the board.",
            "1 custom field": "Custom fields are not imported.",
        }

    def test_a_label_or_member_that_the_file_does_not_explain_is_told(self) -> None:
        found = board(cards=[card("A", 1, 1, idMembers=["gone"], idLabels=["lost"])])
        assert [omission.what for omission in found.omissions[:2]] == ["A label of cards[0]", "A member of cards[0]"]

    def test_optional_parts_may_be_missing_or_null(self) -> None:
        small = parse(b'{"id": "b", "lists": [{"id": "l"}], "cards": [{"id": "c", "idList": "l"}], "labels": null}')
        assert (small.name, small.columns[0].name, small.columns[0].cards[0].name) == (
            "Imported board",
            "Untitled list",
            "Untitled card",
        )

    def test_text_that_postgresql_cannot_hold_is_cleaned(self) -> None:
        found = board(cards=[card("a\0b", 1, 1, desc="half \ud83d pair, whole \U0001f600")]).columns[0].cards[0]
        assert (found.name, found.description) == ("ab", "half \ufffd pair, whole \U0001f600")

    def test_a_byte_order_mark_is_no_fault(self) -> None:
        assert parse(b"\xef\xbb\xbf" + as_bytes()).card_count == 8


class TestBrokenFiles:
    @pytest.mark.parametrize(
        ("data", "place", "words"),
        [
            (b"", "", "empty"),
            (b"  \n ", "", "empty"),
            (b"<!DOCTYPE html>", "Line 1, column 1", "not valid JSON"),
            (b'{"id": "b",\n "lists": [],\n "cards": [}', "Line 3, column 12", "not valid JSON"),
            (b'{"id": "b", "lists": [],\n "cards": [', "Line 2, column 12", "ends too soon"),
            (b'{"id": "b", "na', "Line 1, column 13", "ends too soon"),
            (b'{"id": "b",\n "name": "\xff"}', "Line 2, column 11", "not valid UTF-8"),
            (b'{"id": "b", "name": "\xc3', "Line 1, column 22", "ends too soon"),
            (b"[" * 200_000, "", "nested too deeply"),
            (b"[]," * 1_500_001, "", "more than 3,000,000 values"),
            (b"[]", "", "not a Trello board"),
            (b"null", "", "not a Trello board"),
            (b'{"name": "x"}', "", "not a Trello board"),
        ],
    )
    def test_a_file_that_is_no_json_names_line_and_column(self, data: bytes, place: str, words: str) -> None:
        assert fault(data).place == place
        assert words in fault(data).why

    def test_a_file_that_is_too_large_is_refused_unread(self) -> None:
        assert "larger than 50 MB" in fault(b" " * (50 * 1024 * 1024) + b"{}").why

    @pytest.mark.parametrize(
        ("change", "place", "words"),
        [
            ({"lists": 3}, "lists", "should be a list, but it is a number"),
            ({"cards": None}, "cards", "missing"),
            ({"id": None}, "id", "missing"),
            ({"id": ""}, "id", "identifier is needed"),
            ({"name": ["x"]}, "name", "should be a text, but it is a list"),
            ({"labels": [[]]}, "labels[0]", "should be an object, but it is a list"),
            ({"members": [{"id": 7}]}, "members[0].id", "should be a text, but it is a number"),
            ({"cards": [card("x", 1, 1), card("y", 2, 9)]}, "cards[1].idList", "No list"),
            ({"cards": [card("x", 1, 1), card("y", 1, 1)]}, "cards[1].id", "same identifier"),
            ({"cards": [card("x", 1, 1) | {"name": 5}]}, "cards[0].name", "should be a text, but it is a number"),
            ({"cards": [card("x" * 20_000, 1, 1)]}, "cards[0].name", "20,000 characters"),
            ({"cards": [card("x", 1, 1, pos="top")]}, "cards[0].pos", "should be a number, but it is a text"),
            ({"cards": [card("x", 1, 1, pos=True)]}, "cards[0].pos", "should be a number, but it is true or false"),
            ({"cards": [card("x", 1, 1, pos=float("nan"))]}, "cards[0].pos", "should be a number"),
            ({"cards": [card("x", 1, 1, closed="yes")]}, "cards[0].closed", "should be true or false"),
            ({"cards": [card("x", 1, 1, due="soon")]}, "cards[0].due", "“soon” is not a date"),
            ({"cards": [card("x", 1, 1, due="0001-01-01T00:00:00+14:00")]}, "cards[0].due", "not a date"),
            ({"cards": [card("x", 1, 1, attachments=[{"id": "a"}])]}, "cards[0].attachments[0].url", "missing"),
            (
                {"checklists": [{"id": "k", "idCard": "c", "checkItems": [{"id": "i", "state": "half"}]}]},
                "checklists[0].checkItems[0].state",
                "complete",
            ),
            (
                {"actions": [{"type": "commentCard", "id": "a", "date": "2026-01-01", "data": {"text": "x"}}]},
                "actions[0].data.card",
                "missing",
            ),
            ({"lists": [{"id": str(number)} for number in range(1_001)]}, "lists", "at most 1,000"),
        ],
    )
    def test_a_wrong_field_is_named(self, change: dict[str, Any], place: str, words: str) -> None:
        found = fault(export(**change))
        assert (found.place, words in found.why) == (place, True), found.why
        assert str(found).startswith(f"{place}: ")

    def test_a_number_beyond_reason_is_a_fault_and_no_crash(self) -> None:
        assert (
            fault(b'{"id": "b", "lists": [], "cards": [{"id": "c", "pos": ' + b"9" * 5_000 + b"}]}").place
            == "cards[0].pos"
        )


class TestAnythingAtAll:
    """Whatever stands in the file, the parser answers with a board or with an ImportFault."""

    def test_cut_anywhere(self) -> None:
        data = as_bytes()
        for end in range(len(data) - 1):
            assert fault(data[:end]).why

    def test_any_byte_changed(self) -> None:
        chance, data = random.Random(1), as_bytes()
        for _ in range(400):
            changed = bytearray(data)
            changed[chance.randrange(len(data))] = chance.randrange(256)
            _survive(bytes(changed))

    def test_any_value_replaced(self) -> None:
        chance = random.Random(2)
        for _ in range(600):
            whole = json.loads(as_bytes())
            _replace_one(whole, chance)
            _survive(json.dumps(whole).encode())


ODD: list[Any] = [None, 0, -1, 10**30, 1e308, float("inf"), True, "", "x", "\ud800", [], [[]], [None], {}, {"id": 3}]


def _survive(data: bytes) -> None:
    with suppress(ImportFault):
        assert isinstance(parse(data), Board)


def _replace_one(node: Any, chance: random.Random) -> None:
    while True:
        key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if not (isinstance(node[key], dict | list) and node[key]) or chance.random() < 0.2:
            node[key] = chance.choice(ODD)
            return
        node = node[key]
