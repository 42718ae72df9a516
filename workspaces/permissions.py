"""Every permission, with its sentence, and the four system roles."""

from dataclasses import dataclass

PERMISSIONS: dict[str, str] = {
    "workspace.manage": "Rename the workspace and change its settings",
    "workspace.delete": "Delete the workspace",
    "workspace.transfer": "Make somebody else an owner",
    "member.invite": "Invite people and revoke invitations",
    "member.remove": "Remove people from the workspace",
    "role.manage": "Make and change roles, and give people another one",
    "token.manage": "See and revoke everybody's access tokens, and make tokens of the workspace itself",
    "billing.manage": "See and change plan and payment",
    "support.grant": "Let the support act as a member, for a time and a reason",
    "audit.read": "Read the whole record of the workspace",
    "project.create": "Create projects",
    "project.manage": "Rename, archive and share projects, and change their columns and labels",
    "task.create": "Create tasks",
    "task.edit": "Change, move and archive tasks",
    "task.delete": "Delete tasks",
    "comment.create": "Comment on tasks",
    "automation.manage": "Make and change automation rules",
    "ai.use": "Ask the AI",
    "ai.approve": "Apply what the AI proposes",
    "webhook.manage": "Make and change webhooks",
    "export.run": "Export data",
    "import.run": "Import boards",
}

# where people find them, by the first word of their names
AREAS: dict[str, tuple[str, ...]] = {
    "Projects and tasks": ("project", "task", "comment"),
    "People": ("member", "role"),
    "Tools": ("automation", "ai", "webhook", "export", "import"),
    "Workspace": ("workspace", "audit", "token", "billing"),
}


def by_area() -> dict[str, list[str]]:
    """The permissions of each area, in order; what no area names belongs to the workspace."""
    areas = {noun: area for area, nouns in AREAS.items() for noun in nouns}
    found: dict[str, list[str]] = {area: [] for area in AREAS}
    for name in PERMISSIONS:
        found[areas.get(name.split(".")[0], "Workspace")].append(name)
    return found


def is_of(name: str, words: frozenset[str]) -> bool:
    """Whether a permission, a scope or an event begins with one of these."""
    return name.replace(":", ".").split(".")[0] in words


@dataclass(frozen=True)
class SystemRole:
    """A role that every workspace has."""

    key: str
    name: str
    level: int
    permissions: frozenset[str]
    sentence: str


_EVERYTHING = frozenset(PERMISSIONS)
OWNERS_ONLY = frozenset({"workspace.delete", "workspace.transfer", "billing.manage", "support.grant"})
OPEN_TO_ROLES = _EVERYTHING - OWNERS_ONLY  # what a custom role can hold
_MEMBER = {
    "project.create",
    "project.manage",
    "task.create",
    "task.edit",
    "task.delete",
    "comment.create",
    "ai.use",
    "ai.approve",
    "export.run",
    "import.run",
}

SYSTEM_ROLES: dict[str, SystemRole] = {
    "owner": SystemRole("owner", "Owner", 40, _EVERYTHING, "Everything, with billing and the workspace itself"),
    "admin": SystemRole("admin", "Admin", 30, OPEN_TO_ROLES, "Members, roles, record and all projects"),
    "member": SystemRole("member", "Member", 20, frozenset(_MEMBER), "Create projects and work in all open ones"),
    "guest": SystemRole("guest", "Guest", 10, frozenset(), "Only what is shared with them"),
}
# what the support may do as a member, at most what the member may: the work, and nothing that says who may what or is done
# later by a worker, in the member's name alone
SUPPORT_MAY = frozenset(
    {
        "project.create", "project.manage", "task.create", "task.edit", "task.delete", "comment.create",
    }
)  # fmt: skip
OWNER, ADMIN, MEMBER, GUEST = (SYSTEM_ROLES[key].level for key in ("owner", "admin", "member", "guest"))

# what waits while a workspace has more members than its plan has seats; removing, reading, exporting and paying go on
NOT_WHILE_OVER = frozenset({
    "member.invite", "project.create", "task.create", "task.edit", "comment.create", "automation.manage", "ai.use", "ai.approve",
    "webhook.manage", "import.run",
})  # fmt: skip

# what waits in a project for which the plan has no room: it can be put away, shared, read and exported
NOT_WHILE_BEYOND = NOT_WHILE_OVER | {"task.delete"}

# all that goes on in a workspace that the staff has suspended
WHILE_SUSPENDED = frozenset({"audit.read", "export.run", "billing.manage", "support.grant", "member.remove"})
