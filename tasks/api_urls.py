"""Addresses of the REST API: projects, boards and tasks."""

from django.urls import path

from .api.access import AttachmentAccess, ProjectAccess, ProjectWidening, TaskAccess, TaskWidening
from .api.attachments import AttachmentBytes, Attachments, OneAttachment
from .api.automations import AutomationRuns, Automations, OneAutomation, TryAutomation
from .api.board import Board, SlashedBoard
from .api.bulk import BulkTasks
from .api.columns import Labels, MoveStatus, OneLabel, OneStatus, Statuses
from .api.dependencies import Dependencies, OneDependency
from .api.details import Checklist, Comments, OneChecklistItem, OneComment
from .api.inbox import (
    FinishItem,
    Inbox,
    InboxCounts,
    MuteReason,
    ReadAll,
    ReadItem,
    SnoozeItem,
    WatchProject,
    WatchTask,
)
from .api.insights import Insights
from .api.lists import Search, Tasks
from .api.people import OnePerson, OneTaskPerson, People, TaskPeople
from .api.preferences import Preferences
from .api.projects import ArchiveProject, OneProject, Projects, RestoreProject
from .api.tasks import ArchiveTask, MoveTask, OneTask, PinTask, RestoreTask, TaskActivity
from .api.transfers import DuplicateTask, TransferTask

BASE = "api/v1/workspaces/<slug:workspace>/"
PROJECT, TASK = f"{BASE}projects/<slug:key>/", f"{BASE}tasks/<slug:ref>/"

urlpatterns = [
    path(f"{BASE}projects/", Projects.as_view()),
    path(PROJECT, OneProject.as_view()),
    path(f"{PROJECT}archive/", ArchiveProject.as_view()),
    path(f"{PROJECT}restore/", RestoreProject.as_view()),
    path(f"{PROJECT}board", Board.as_view()),
    path(f"{PROJECT}board/", SlashedBoard.as_view()),
    path(f"{PROJECT}tasks/", Tasks.as_view()),
    path(f"{PROJECT}insights/", Insights.as_view()),
    path(f"{PROJECT}statuses/", Statuses.as_view()),
    path(f"{PROJECT}statuses/<uuid:status>/", OneStatus.as_view()),
    path(f"{PROJECT}statuses/<uuid:status>/move/", MoveStatus.as_view()),
    path(f"{PROJECT}labels/", Labels.as_view()),
    path(f"{PROJECT}labels/<uuid:label>/", OneLabel.as_view()),
    path(f"{PROJECT}people/", People.as_view()),
    path(f"{PROJECT}people/<uuid:user>/", OnePerson.as_view()),
    path(f"{PROJECT}access/", ProjectAccess.as_view()),
    path(f"{PROJECT}access/widening/", ProjectWidening.as_view(), name="project_widening"),
    path(f"{BASE}automations/", Automations.as_view()),
    path(f"{BASE}automations/<uuid:rule>/", OneAutomation.as_view()),
    path(f"{BASE}automations/<uuid:rule>/runs/", AutomationRuns.as_view()),
    path(f"{BASE}automations/<uuid:rule>/try/", TryAutomation.as_view()),
    path(f"{BASE}tasks/bulk/", BulkTasks.as_view()),
    path(TASK, OneTask.as_view()),
    path(f"{TASK}move/", MoveTask.as_view()),
    path(f"{TASK}transfer/", TransferTask.as_view(), name="task_prospect"),
    path(f"{TASK}duplicate/", DuplicateTask.as_view()),
    path(f"{TASK}pin/", PinTask.as_view()),
    path(f"{TASK}archive/", ArchiveTask.as_view()),
    path(f"{TASK}restore/", RestoreTask.as_view()),
    path(f"{TASK}comments/", Comments.as_view()),
    path(f"{TASK}comments/<uuid:comment>/", OneComment.as_view()),
    path(f"{TASK}checklist/", Checklist.as_view()),
    path(f"{TASK}checklist/<uuid:item>/", OneChecklistItem.as_view()),
    path(f"{TASK}dependencies/", Dependencies.as_view()),
    path(f"{TASK}dependencies/<uuid:dependency>/", OneDependency.as_view()),
    path(f"{TASK}attachments/", Attachments.as_view()),
    path(f"{TASK}attachments/<uuid:attachment>/", OneAttachment.as_view()),
    path(f"{TASK}attachments/<uuid:attachment>/file", AttachmentBytes.as_view()),
    path(f"{TASK}attachments/<uuid:attachment>/access/", AttachmentAccess.as_view()),
    path(f"{TASK}people/", TaskPeople.as_view()),
    path(f"{TASK}people/<uuid:user>/", OneTaskPerson.as_view()),
    path(f"{TASK}access/", TaskAccess.as_view()),
    path(f"{TASK}access/widening/", TaskWidening.as_view(), name="task_widening"),
    path(f"{TASK}activity/", TaskActivity.as_view()),
    path(f"{TASK}watch/", WatchTask.as_view()),
    path(f"{PROJECT}watch/", WatchProject.as_view()),
    path(f"{BASE}inbox/", Inbox.as_view()),
    path(f"{BASE}inbox/counts/", InboxCounts.as_view()),
    path(f"{BASE}inbox/read-all/", ReadAll.as_view()),
    path(f"{BASE}inbox/mute/", MuteReason.as_view()),
    path(f"{BASE}inbox/preferences/", Preferences.as_view()),
    path(f"{BASE}inbox/<uuid:notice>/read/", ReadItem.as_view()),
    path(f"{BASE}inbox/<uuid:notice>/done/", FinishItem.as_view()),
    path(f"{BASE}inbox/<uuid:notice>/snooze/", SnoozeItem.as_view()),
    path(f"{BASE}search", Search.as_view()),
    path(f"{BASE}search/", Search.as_view(schema=None)),
]
