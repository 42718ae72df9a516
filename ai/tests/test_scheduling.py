"""The planner: against every plan there is on small cases, its promises on any case, and what it says of a plan."""

import itertools
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai.scheduling import Cancelled, Person, Placed, Plan, Problem, Work, solve, units
from ai.scheduling.arranging import first_plan
from ai.scheduling.layout import Layout
from ai.scheduling.relaxing import relax
from ai.scheduling.search import Search
from ai.scheduling.slots import Grid

MONDAY = date(2027, 1, 4)
ALICE, BOB = Person("a", "Alice"), Person("b", "Bob", units(2), frozenset({0, 1, 2, 3}), frozenset({MONDAY}))


def on(days: int) -> date:
    return MONDAY + timedelta(days)


def problem(*works: Work, end: int = 11, **more: object) -> Problem:
    return Problem(MONDAY, on(end), works, (ALICE, BOB), **more)  # type: ignore[arg-type]


def task(name: str, points: float = 1, people: str = "a", due: int | None = None, **more: object) -> Work:
    return Work(name, name.upper(), units(points), tuple(people), None if due is None else on(due), **more)  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn, most: int = 7) -> Problem:
    maybe = st.none() | st.integers(-3, 13)
    works = [
        Work(f"t{n}", f"T-{n}", units(draw(st.sampled_from([0.5, 1, 2, 3]))), draw(st.sampled_from([(), ("a",), ("b",), ("a", "b")])),
             due=day(draw(maybe)), deadline=day(draw(st.none() | st.integers(2, 13))), earliest=day(draw(st.none() | st.integers(0, 6))),
             begins=day(draw(st.sampled_from([None] * 4 + [0, 2, 5]))), due_from=day(draw(st.sampled_from([None] * 4 + [3, 5]))),
             pinned=draw(st.integers(0, 4)) == 0, priority=draw(st.integers(0, 4)))
        for n in range(draw(st.integers(1, most)))
    ]  # fmt: skip
    ids = st.integers(0, len(works) - 1)
    waits = {(f"t{max(a, b)}", f"t{min(a, b)}") for a, b in draw(st.lists(st.tuples(ids, ids), max_size=5)) if a != b}
    churn = draw(st.none() | st.integers(0, 3))
    return problem(*works, waits=tuple(sorted(waits)), churn=churn)


def day(days: int | None) -> date | None:
    return None if days is None else on(days)


def cheapest(asked: Problem) -> int:
    """The cost of the best of all plans, tried one by one."""
    grid = Grid(asked)
    best = sum(piece.left_out for piece in grid.loose)
    for choice in itertools.product(*([None, *range(len(piece.slots))] for piece in grid.order)):
        layout = Layout(grid)
        for piece, n in zip(grid.order, choice, strict=True):
            if n is None:
                continue
            if not layout.fits(piece, n):
                break
            layout.put(piece, n)
        else:
            best = min(best, layout.cost)
    return best


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(problems(most=3))
def test_small_cases_are_solved_as_well_as_by_trying_every_plan(asked: Problem) -> None:
    asked = replace(asked, end=on(7))
    plan, best, grid = solve(asked), cheapest(asked), Grid(asked)
    assert plan.cost == best
    assert plan.gap == 0
    lost = sum(piece.left_out for piece in grid.loose) - sum(piece.left_out for piece in grid.order)
    assert lost + relax(grid).bound <= best, "what the relaxed problem says no plan can cost less than"


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(problems())
def test_every_plan_keeps_what_is_promised(asked: Problem) -> None:
    plan = solve(asked, effort=0.1)
    keeps_promises(asked, plan)
    assert plan == solve(asked, effort=0.1)


def keeps_promises(asked: Problem, plan: Plan) -> None:
    """Read off the plan alone, without the planner's own means."""
    works = {work.id: work for work in asked.works}
    placed = {one.id: one for one in [*plan.changed, *plan.kept]}
    stays = {work.id: work.due for work in asked.works if work.due and (work.pinned or work.due > asked.end)}
    assert not placed.keys() & stays.keys() and not {one.id for one in plan.unplaced} & stays.keys()
    for one in placed.values():
        work = works[one.id]
        assert asked.start <= one.first <= one.due or one in plan.kept
        assert one.due <= (work.deadline or asked.end) or one in plan.kept
        assert one.first >= (work.earliest or asked.start)
        assert not work.begins or one.first == first_day(asked, work)
        assert not work.due_from or one.due >= work.due_from or one in plan.kept
    for blocked, blocking in asked.waits:
        if blocked in placed:
            assert blocking in placed or blocking in stays or not planned(asked, works[blocking])
            assert blocking not in placed or placed[blocking].due < placed[blocked].first
            assert blocking not in stays or stays[blocking] < placed[blocked].first  # type: ignore[operator]
        if blocked in stays and blocking in placed:
            assert placed[blocking].due < staying(asked, works[blocked]).first
    nobody_has_too_much(asked, [*placed.values(), *(staying(asked, works[id]) for id in stays)], set(placed), works)
    moved = [one for one in plan.changed if one.was]
    assert asked.churn is None or len(moved) <= asked.churn
    assert all(one.because and one.because.words for one in plan.changed)
    assert all(one.because.words for one in plan.unplaced)
    assert all(one.because.kind != "left" for one in plan.unplaced)


def first_day(asked: Problem, work: Work) -> date:
    """The day on which it is pinned to begin, or the next on which all its people work."""
    assert work.begins
    people = [person for person in asked.people if person.id in work.people]
    day = max(work.begins, asked.start)
    while not (all(one.works_on(day) for one in people) and (people or day.weekday() < 5)):
        day += timedelta(1)
    return day


def planned(asked: Problem, work: Work) -> bool:
    return work.due is not None or (asked.undated and not work.pinned)


def staying(asked: Problem, work: Work) -> Placed:
    """A task that stays takes the last days before its date on which all its people work."""
    assert work.due
    people = [person for person in asked.people if person.id in work.people]
    before = (work.due - timedelta(n) for n in range((work.due - asked.start).days + 1))
    days = [one for one in before if all(person.works_on(one) for person in people) and (people or one.weekday() < 5)]
    mine = days[: length(asked, work)] or [work.due]
    return Placed(work.id, work.ref, mine[-1], mine[0], work.due)


def nobody_has_too_much(asked: Problem, placed: list[Placed], loose: set[str], works: dict[str, Work]) -> None:
    """On a day on which somebody works on a task that was placed, nothing beside it is too much, what stays included."""
    for person in asked.people:
        mine = [one for one in placed if person.id in works[one.id].people]
        for n in range((asked.end - asked.start).days + 1):
            today = [one for one in mine if one.first <= on(n) <= one.due]
            free = not any(one.id in loose for one in today)
            assert free or sum(rate(asked, works[one.id]) for one in today) <= person.capacity
        assert all(person.works_on(one.first) for one in mine if one.id in loose)


def rate(asked: Problem, work: Work) -> int:
    """What the task takes of each of its people a day."""
    return -(-share(work) // length(asked, work))


def length(asked: Problem, work: Work) -> int:
    """How many days it takes whoever has the fewest points a day."""
    rates = [one.capacity for one in asked.people if one.id in work.people] or [asked.rate]
    return max(-(-share(work) // one) for one in rates)


def share(work: Work) -> int:
    return -(-work.points // max(1, len(work.people)))


def test_a_task_after_what_it_waits_for_and_around_days_off() -> None:
    away = replace(ALICE, off=frozenset({on(2), on(3)}))
    asked = problem(task("x", 2, due=1), task("y", 2, due=2), waits=(("y", "x"),))
    plan = solve(replace(asked, people=(away,)))
    assert [(one.ref, one.first, one.due) for one in plan.changed] == [("Y", on(4), on(7))]
    assert plan.kept[0].due == on(1)


def test_each_line_names_what_binds_it() -> None:
    asked = problem(
        task("pin", 3, due=4, pinned=True), task("full", 1, due=3), task("late", 1, "b", due=-3), task("after", 1, "", due=1),
        task("first", 2, "", due=1), task("new", 1, "b"), task("soon", 1, "", due=9, deadline=on(4)),
        waits=(("after", "first"),),
    )  # fmt: skip
    why = {one.ref: one.because for one in solve(asked).changed if one.because}
    assert {ref: because.kind for ref, because in why.items()} == {
        "FULL": "full", "LATE": "overdue", "AFTER": "waits", "NEW": "undated", "SOON": "deadline",
    }  # fmt: skip
    assert why["AFTER"].refs == ("FIRST",)
    assert why["AFTER"].words == "It waits for FIRST, which is done on 5 January."
    assert why["FULL"].words == "Alice is full on 6 January with PIN."
    assert why["LATE"].words == "Its date, 1 January, has passed; 1 point takes 1 working day."


def test_what_cannot_be_placed_says_why() -> None:
    asked = problem(
        task("long", 9, deadline=on(4)), task("behind", 1), task("pin", 1, due=0, pinned=True, people=""), task("before", 1, ""),
        task("one", 1, ""), task("two", 1, ""), waits=(("behind", "long"), ("pin", "before"), ("one", "two"), ("two", "one")),
    )  # fmt: skip
    plan = solve(asked)
    assert {one.ref: one.because.kind for one in plan.unplaced} == {
        "LONG": "deadline", "BEHIND": "waits", "BEFORE": "holds", "ONE": "circle", "TWO": "circle",
    }  # fmt: skip
    words = {one.ref: one.because.words for one in plan.unplaced}
    assert words["LONG"] == "9 points take 9 working days, and Alice has 5 working days until its deadline, 8 January."
    assert "PIN, which stays, waits for it" in words["BEFORE"]
    nobody = solve(Problem(MONDAY, on(4), (task("none", people="z"),), (Person("z", "Zoe", 0),)))
    assert nobody.unplaced[0].because.words == "Zoe has no points a day."


def test_a_day_to_begin_on_and_days_whose_dates_stay() -> None:
    asked = problem(
        task("begun", 2, due=9, begins=on(2)), task("stays", 1, "b", due=2, due_from=on(8)), task("late", 1, "b", due=-3, due_from=on(8)),
        task("full", 9, "", begins=on(3)),
    )  # fmt: skip
    plan = solve(asked)
    assert {one.ref: (one.first, one.due) for one in plan.changed} == {"BEGUN": (on(2), on(3)), "LATE": (on(8), on(8))}
    assert {one.ref: one.because.words for one in plan.changed if one.because} == {
        "BEGUN": "It is pinned to begin on 6 January; 2 points take 2 working days.",
        "LATE": "No date before 12 January may change.",
    }
    assert [one.ref for one in plan.kept] == ["STAYS"]
    assert plan.unplaced[0].because.words.startswith(
        "It is pinned to begin on 7 January, and 9 points take 9 working days"
    )


def test_moving_costs_what_is_said() -> None:
    asked = problem(task("pin", 1, due=1, pinned=True), task("x", 1, due=1, priority=4), task("y", 1, due=0))
    assert [one.ref for one in solve(asked).changed] == ["X", "Y"]
    assert [one.ref for one in solve(replace(asked, change=100)).changed] == ["X"]


def test_the_budget_of_moves_is_held_and_named() -> None:
    asked = problem(*(task(f"t{n}", 1, due=-2) for n in range(4)), churn=2)
    plan = solve(asked)
    assert len(plan.changed) == 2 and {one.because.kind for one in plan.unplaced} == {"churn"}
    assert len(solve(replace(asked, churn=None)).changed) == 4


def test_loads_before_and_after() -> None:
    plan = solve(problem(task("x", 4, due=4), task("y", 4, due=4), task("z", 2, "b", due=8)))
    alice, bob = plan.loads
    assert [(week.before, week.after, week.capacity) for week in alice.weeks] == [(800, 400, 500), (0, 400, 500)]
    assert [(week.before, week.after, week.capacity) for week in bob.weeks] == [(0, 0, 600), (200, 200, 800)]


def test_many_tasks_are_searched_part_by_part_and_no_worse_than_at_first() -> None:
    works = [task(f"t{n:03}", 1 + n % 2, "ab"[n % 2], due=n // 3, priority=n % 4) for n in range(60)]
    asked = problem(*works, end=95, waits=tuple((f"t{n:03}", f"t{n - 7:03}") for n in range(7, 60, 5)))
    layout = first_plan(Grid(asked))
    cost = layout.cost
    bound = Search(layout, effort=0.2, progress=lambda percent, step: None, cancelled=lambda: False).run()
    assert 0 < bound <= layout.cost < cost
    steps: list[int] = []
    plan = solve(asked, effort=0.2, progress=lambda percent, step: steps.append(percent))
    keeps_promises(asked, plan)
    assert steps == sorted(steps) and len(steps) > 4 and steps[-1] <= 100
    assert plan == solve(asked, effort=0.2)


def test_it_stops_when_asked_to() -> None:
    with pytest.raises(Cancelled):
        solve(problem(task("x")), cancelled=lambda: True)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="before the start"):
        Problem(MONDAY, on(-1), ())


def test_the_solver_is_not_loaded_with_the_planner() -> None:
    code = "import sys, ai.scheduling; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
