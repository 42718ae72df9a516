"""What a page answers where two people changed the same: both, side by side."""

from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import View
from workspaces.spine import current_act

from ..actions.meeting import Conflicting
from ..models import Project, Task
from ..reading.conflicts import conflict_shown


def side_by_side(view: View) -> View:
    """A view that saves fields: a conflict is 409 with a dialog, which saves what was chosen at the same address."""

    @wraps(view)
    def run(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Conflicting as no:
            response = render(request, "tasks/_conflict.html", conflict_shown(no), status=409)
            response["X-Conflict"] = no.conflict.field
            return response

    return run


def merged(row: Task | Project) -> dict[str, str]:
    """The toast of a save that was merged says with whose change."""
    act = current_act()
    if not row.merged_with or act is None or not act.rows:
        return {}
    return {"sentence": f"{act.sentence}, merged with what {row.merged_with} changed", "merged": row.merged_with}
