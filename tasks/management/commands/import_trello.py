"""manage.py import_trello FILE --workspace SLUG: a Trello export becomes a project."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks.actions.imports import import_board
from tasks.imports.fault import ImportFault
from tasks.imports.report import Report
from tasks.imports.trello import parse
from tasks.models import Project
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.finding import actor_in


class Command(BaseCommand):
    """Runs in this process, at once; nothing is left behind when it fails."""

    help = "Import a Trello board export (JSON) as a project of a workspace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the JSON file that Trello exported")
        parser.add_argument("--workspace", required=True, metavar="SLUG", help="the address of the workspace")
        parser.add_argument(
            "--as", dest="email", default="", metavar="EMAIL", help="the member who imports; an owner if left out"
        )
        parser.add_argument("--again", action="store_true", help="as a copy, although the board was imported before")
        parser.add_argument(
            "--key", default="", help="the key of the new project, such as FLOW; made from the name if left out"
        )

    def handle(self, *, file: Path, workspace: str, email: str, again: bool, key: str, **options: Any) -> None:
        try:
            by = actor_in(workspace, email, via="import")
            board = parse(file.read_bytes())
            project, report = import_board(by, board, again=again, key=key, tell=self._tell)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except ImportFault as fault:
            raise CommandError(f"{file.name} was not imported. {fault}") from fault
        except Refused as no:
            raise CommandError(no.words) from no
        self._report(by, project, report)

    def _tell(self, percent: int, step: str) -> None:
        self.stdout.write(f"{percent:3} %  {step}")

    def _report(self, by: Actor, project: Project, report: Report) -> None:
        self.stdout.write(f"\n{report.title}: {report.summary}\n")
        self.stdout.write(f"{'List':40} {'Open':>6} {'Archived':>9} {'New':>5}")
        for row in report.columns:
            self.stdout.write(f"{row.name[:40]:40} {row.open:6} {row.archived:9} {row.new:5}")
        if report.unmatched:
            self.stdout.write(f"\nNot in this workspace, kept as text: {', '.join(report.unmatched)}")
        for one in report.skipped:
            self.stdout.write(f"Left out: {one.what}. {one.why}")
        self.stdout.write(f"\nThe board: /w/{by.workspace.slug}/p/{project.key}/board/")
