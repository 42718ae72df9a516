"""Projects, boards, tasks and what hangs on them."""

from ..access import GRANTS, TASK_GRANTS
from .addresses import FormerAddress
from .automations import AutomationCursor, AutomationMonth, AutomationRule, AutomationRun
from .delivery import Delivery, NotificationSchedule, ReminderClock
from .dependencies import Dependency
from .details import Attachment, ChecklistItem, Comment, ImportRun
from .notices import Notification, NotificationCursor, NotificationPreference, Reason, Watch
from .projects import COLORS, Label, Project, ProjectGrant, Status, StatusTally
from .tasks import OPEN, Assignment, Task, TaskGrant, TaskLabel

__all__ = [
    "COLORS",
    "GRANTS",
    "OPEN",
    "TASK_GRANTS",
    "Assignment",
    "Attachment",
    "AutomationCursor",
    "AutomationMonth",
    "AutomationRule",
    "AutomationRun",
    "ChecklistItem",
    "Comment",
    "Delivery",
    "Dependency",
    "FormerAddress",
    "ImportRun",
    "Label",
    "Notification",
    "NotificationCursor",
    "NotificationPreference",
    "NotificationSchedule",
    "Project",
    "ProjectGrant",
    "Reason",
    "ReminderClock",
    "Status",
    "StatusTally",
    "Task",
    "TaskGrant",
    "TaskLabel",
    "Watch",
]
