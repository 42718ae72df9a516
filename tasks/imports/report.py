"""What an import did, in the words and numbers that the page, the API and the command show."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.imports.board import Board, Column, Omission
from tasks.imports.fitting import People


@dataclass
class ColumnCount:
    """One list of the file: how many cards it has on the board and in the archive, and how many were new here."""

    id: str
    name: str
    closed: bool
    open: int
    archived: int
    new: int = 0


@dataclass
class Report:
    """Filled while the import runs; `as_json` is what is kept of it."""

    board: str
    project: str = ""
    added_to: bool = False
    columns: list[ColumnCount] = field(default_factory=list)
    comments: int = 0
    labels: int = 0
    checklist_items: int = 0
    links: int = 0
    matched: dict[str, str] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    skipped: list[Omission] = field(default_factory=list)

    @classmethod
    def of(cls, board: Board) -> "Report":
        """The counts of the file, before anything was made."""
        return cls(board.name, columns=[_count(column) for column in board.columns], skipped=list(board.omissions))

    @property
    def new(self) -> int:
        """Cards that were made."""
        return sum(column.new for column in self.columns)

    @property
    def title(self) -> str:
        """The headline."""
        return f"{self.board} is up to date" if self.added_to else f"{self.board} is here"

    @property
    def summary(self) -> str:
        """One sentence of numbers."""
        parts = [(self.new, "card"), (self.comments, "comment"), (self.labels, "label"),
                 (self.checklist_items, "checklist item"), (self.links, "link")]  # fmt: skip
        made = [counted(number, what) for number, what in parts if number]
        if not made:
            return "Everything in the file was here already; nothing was changed."
        return f"{'Added' if self.added_to else 'Imported'} {_joined(made)}."

    def skip(self, what: str, why: str) -> None:
        """Note what was left out."""
        self.skipped.append(Omission(what, why))

    def count(self, column: Column, new: int) -> None:
        """Note how many cards of a list were made."""
        next(row for row in self.columns if row.id == column.id).new = new

    def people(self, people: People) -> None:
        """Note who was found among the members and who was not."""
        self.matched = {person.name: str(user) for person, user in people.matches}
        self.unmatched = sorted({person.name for person in people.strangers})

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the run and answered by the API."""
        whole = asdict(self)
        shown, archived = (sum(getattr(column, name) for column in self.columns) for name in ("open", "archived"))
        return whole | {
            "title": self.title,
            "summary": self.summary,
            "open": shown,
            "archived": archived,
            "new": self.new,
        }


def _count(column: Column) -> ColumnCount:
    archived = sum(card.closed or column.closed for card in column.cards)
    return ColumnCount(column.id, column.name, column.closed, len(column.cards) - archived, archived)


def counted(number: int, what: str) -> str:
    """3 cards, 1 card"""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
