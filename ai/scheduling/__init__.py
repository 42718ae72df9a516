"""The planner: places tasks on working days. It knows no database and no page; CP-SAT is loaded when a plan is asked for."""

from .problem import (
    MONDAY_TO_FRIDAY,
    UNIT,
    Because,
    Load,
    Person,
    Placed,
    Plan,
    Problem,
    Unplaced,
    Week,
    Work,
    units,
)
from .search import Cancelled
from .solving import solve

__all__ = [
    "MONDAY_TO_FRIDAY",
    "UNIT",
    "Because",
    "Cancelled",
    "Load",
    "Person",
    "Placed",
    "Plan",
    "Problem",
    "Unplaced",
    "Week",
    "Work",
    "solve",
    "units",
]
