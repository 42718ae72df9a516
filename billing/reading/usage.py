"""How much of its plan a workspace uses."""

from dataclasses import dataclass

from workspaces.models import Workspace
from workspaces.plans import room, used

WARN_AT = 80  # percent


@dataclass(frozen=True)
class Meter:
    """One limit: how much is taken, and how much there is; `most` None: as many as you like."""

    kind: str
    title: str
    used: int
    most: int | None

    @property
    def percent(self) -> int:
        """Of the limit, rounded down; may be above 100 after a move to a smaller plan."""
        if self.most is None:
            return 0
        return 100 * self.used // self.most if self.most else 100 if self.used else 0

    @property
    def low(self) -> bool:
        return self.percent >= WARN_AT

    @property
    def full(self) -> bool:
        return self.most is not None and self.used >= self.most

    @property
    def over(self) -> bool:
        return self.most is not None and self.used > self.most


TITLES = {
    "seats": "Seats", "guests": "Guests", "projects": "Projects", "storage": "Storage", "ai_tokens": "AI tokens this month",
    "automation_runs": "Automation runs this month",
}  # fmt: skip
BY_MONTH = frozenset({"ai_tokens", "automation_runs"})  # begin anew on the first, by UTC


def meters(workspace: Workspace) -> list[Meter]:
    """Each limit that fills up."""
    return [meter(workspace, kind) for kind in TITLES]


def meter(workspace: Workspace, kind: str) -> Meter:
    """Of one kind."""
    return Meter(kind, TITLES[kind], used(workspace, kind), room(workspace, kind))
