"""Every verb on projects and tasks. Nothing else writes."""

from .attachments import add_file, add_link, recover_file, recover_link, remove_file, remove_link
from .automations import bring_up_task, create_rule, delete_rule, recover_rule, switch_rule, update_rule
from .columns import add_status, move_status, recover_status, remove_status, update_status
from .dependencies import add_dependency, remove_dependency
from .details import (
    add_checklist_item,
    create_comment,
    delete_comment,
    recover_checklist_item,
    recover_comment,
    remove_checklist_item,
    update_checklist_item,
    update_comment,
)
from .duplicates import lend_watchers, mark_duplicate, return_watchers
from .labels import create_label, delete_label, recover_label, update_label
from .moving import move_task
from .pins import pin_task, unpin_task
from .projects import (
    archive_project,
    create_project,
    delete_project,
    recover_project,
    restore_project,
    update_project,
)
from .sharing import share_project, share_task, unshare_project, unshare_task
from .tasks import Draft, archive_task, create_task, create_tasks, delete_task, recover_task, restore_task, update_task
from .transferring import transfer_task

__all__ = [
    "Draft", "add_checklist_item", "add_dependency", "add_file", "add_link", "add_status", "archive_project", "archive_task", "bring_up_task", "create_comment", "create_label",
    "create_project", "create_rule", "create_task", "create_tasks", "delete_comment", "delete_label", "delete_project", "delete_rule", "delete_task",
    "lend_watchers", "mark_duplicate", "move_status", "move_task", "pin_task", "recover_checklist_item", "recover_comment", "recover_file", "recover_label", "recover_link", "recover_project", "recover_rule",
    "recover_status", "recover_task", "remove_checklist_item", "remove_dependency", "remove_file", "remove_link", "remove_status", "restore_project", "restore_task", "return_watchers",
    "share_project", "share_task", "switch_rule", "transfer_task", "unpin_task", "unshare_project", "unshare_task", "update_checklist_item", "update_comment", "update_label", "update_project", "update_rule",
    "update_status", "update_task",
]  # fmt: skip
