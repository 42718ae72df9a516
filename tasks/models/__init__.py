"""Projects, boards, tasks and what hangs on them."""

from .details import Attachment, ChecklistItem, Comment, ImportRun
from .projects import COLORS, GRANTS, Label, Project, ProjectGrant, Status, StatusTally
from .tasks import OPEN, Assignment, Task, TaskGrant, TaskLabel

__all__ = [
    "COLORS",
    "GRANTS",
    "OPEN",
    "Assignment",
    "Attachment",
    "ChecklistItem",
    "Comment",
    "ImportRun",
    "Label",
    "Project",
    "ProjectGrant",
    "Status",
    "StatusTally",
    "Task",
    "TaskGrant",
    "TaskLabel",
]
