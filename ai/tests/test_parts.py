"""Parts of a breakdown: by a model, bounded; by a text's own lines, without one."""

from ai.features.parts import lines_of, parts_of
from ai.features.splitting import Part, split


def test_a_list_is_split_by_its_items_with_their_points() -> None:
    text = "Before launch we must:\n- [ ] Write **copy** (3)\n* Draw it 2 pts\n1. Ship it\n\nThanks"
    assert [(part.title, part.estimate) for part in split(text)] == [
        ("Write copy", 3),
        ("Draw it", 2),
        ("Ship it", None),
    ]


def test_lines_without_marks_are_parts_and_one_line_is_none() -> None:
    assert [part.title for part in split("# Plan\nBuy milk\n\nBake bread")] == ["Buy milk", "Bake bread"]
    assert split("Just one thing") == split("") == []
    assert len(split("\n".join(f"Line {number}" for number in range(99)))) == 20


def test_a_models_parts_are_bounded_and_never_wait_in_a_circle() -> None:
    said = [
        {"title": "A\n" + "x" * 500, "estimate": 4000, "waits_for": [2, 1, 99, -3, True], "because": "b" * 999},
        {"title": "B", "estimate": 3, "waits_for": [3]},
        {"title": "C", "estimate": True, "waits_for": [1]},
        {"title": "  "}, "no part", {"title": 7},
    ]  # fmt: skip
    parts = parts_of({"tasks": said}, "")
    assert [part.waits_for for part in parts] == [(1,), (2,), ()]
    assert (len(parts[0].title), parts[0].estimate, len(parts[0].because)) == (200, None, 300)
    assert [part.estimate for part in parts] == [None, 3, None]
    assert parts_of(None, "") == parts_of({"tasks": []}, "") == []


def test_the_lines_of_a_proposal() -> None:
    lines = lines_of([Part("A", estimate=2), Part("B", waits_for=(0,))], project="FLOW", parent="FLOW-1")
    assert [(line["id"], line["action"], line["subject"], line["arguments"]) for line in lines] == [
        ("1", "create_task", "FLOW", {"title": "A", "estimate": 2, "parent": "FLOW-1"}),
        ("2", "create_task", "FLOW", {"title": "B", "parent": "FLOW-1"}),
        ("2-1", "add_dependency", "$2", {"blocking": "$1"}),
    ]
