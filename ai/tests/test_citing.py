"""Sentences stand when what they cite bears them out; all others are dropped, with why."""

import pytest

from ai.citing import Given, borne_out

LATE = Given(
    "FLOW-1",
    "late",
    "FLOW-1 “Ship it” is late: due Nov 28, 3 days ago; it stands in To do with Bob.",
    names=("Bob", "To do"),
)
BLOCKED = Given(
    "FLOW-2", "blocked", "FLOW-2 “Announce” is blocked: waits for FLOW-1 (To do); it stands in To do with nobody."
)
LATER = Given(
    "FLOW-3", "late", "FLOW-3 “Old work” is late: due Nov 20, 11 days ago; it stands in Doing with Ann.", names=("Ann",)
)
BUSY = Given(
    "person:Bob", "overloaded", "Bob has 13 points at hand in 2 tasks, 1 late; two weeks take 10.", names=("Bob",)
)
GIVEN = [LATE, BLOCKED, LATER, BUSY]

STANDS = [
    ("FLOW-1 is 3 days late and with Bob.", ["FLOW-1"]),
    ("Announcing waits for FLOW-1, which was due on Nov 28.", ["FLOW-1", "FLOW-2"]),
    ("Two tasks are late.", ["FLOW-1", "FLOW-3"]),
    ("Bob is overloaded: 13 points, where two weeks take 10.", ["person:Bob"]),
    ("“Ship it” is overdue by three days.", ["FLOW-1"]),
    ("Bob's work is late: FLOW-1.", ["FLOW-1"]),
]
FALLS = [
    ("FLOW-1 is 5 days late.", ["FLOW-1"], "the number 5"),
    ("Seven tasks are late.", ["FLOW-1", "FLOW-3"], "the number 7"),
    ("FLOW-1 is late and so is FLOW-3.", ["FLOW-1"], "names FLOW-3"),
    ("FLOW-1 is late.", [], "cites nothing"),
    ("FLOW-9 is late.", ["FLOW-9"], "which was not given"),
    ("FLOW-1 is late and with Ann.", ["FLOW-1"], "Ann is in none"),
    ("FLOW-1 is late because of Zorro.", ["FLOW-1"], "Zorro is in none"),
    ("FLOW-1 is blocked.", ["FLOW-1"], "says blocked"),
    ("FLOW-1 is not late.", ["FLOW-1"], "denies"),
    ("Everything is fine and on its way.", ["FLOW-1"], "does not speak of FLOW-1"),
    ("FLOW-1 is late, see https://evil.example/?q=1.", ["FLOW-1"], "leads out"),
    ("FLOW-1 is late ![x](//evil.example/a.png)", ["FLOW-1"], "leads out"),
    ("FLOW-1 is late, write to mallory@evil.example", ["FLOW-1"], "leads out"),
    ("FLOW-1 “Ship them all” is late.", ["FLOW-1"], "is in none of its facts"),
    ("FLOW-1 is late. " + "and so on " * 60, ["FLOW-1"], "too long"),
]


@pytest.mark.parametrize(("text", "cites"), STANDS)
def test_what_its_facts_say_stands(text: str, cites: list[str]) -> None:
    kept, dropped = borne_out([{"text": text, "cites": cites}], GIVEN)
    assert [one.why for one in dropped] == []
    assert [fact.cite for fact in kept[0].facts] == [fact.cite for fact in GIVEN if fact.cite in cites]


@pytest.mark.parametrize(("text", "cites", "why"), FALLS)
def test_what_they_do_not_say_is_dropped_with_why(text: str, cites: list[str], why: str) -> None:
    kept, (dropped,) = borne_out([{"text": text, "cites": cites}], GIVEN)
    assert kept == []
    assert why in dropped.why


def test_what_is_no_sentence_at_all() -> None:
    for said in (None, "text", {"text": "x"}, [None, 3, {"text": 1, "cites": []}, {"text": "x", "cites": [1]}]):
        assert borne_out(said, GIVEN)[0] == []
    assert len(borne_out([{"text": "FLOW-1 is late.", "cites": ["FLOW-1"]}] * 50, GIVEN)[0]) == 12
