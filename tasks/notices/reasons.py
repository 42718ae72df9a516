"""What each reason is: whether it needs its person, how it is told where they have said nothing, and its words."""

from dataclasses import dataclass

from ..models import NotificationPreference, Reason

NOW, DIGEST, NEVER = (
    NotificationPreference.Mail.NOW,
    NotificationPreference.Mail.DIGEST,
    NotificationPreference.Mail.NEVER,
)


@dataclass(frozen=True)
class Told:
    """`needs_me` chooses the box; `mail` and `push` are the defaults; `chip` stands in the list; `because` explains."""

    needs_me: bool
    mail: str
    push: bool
    chip: str
    because: str


# the strongest first: of several reasons for one act the first is given
REASONS: dict[Reason, Told] = {
    Reason.MENTIONED: Told(True, NOW, True, "mentioned", "somebody wrote @ and your name"),
    Reason.ASSIGNED: Told(True, NOW, True, "assigned", "the task was assigned to you"),
    Reason.BLOCKING: Told(True, NOW, True, "blocking you", "a task of yours waits for this one"),
    Reason.UNBLOCKED: Told(True, NOW, True, "unblocked", "what your task waited for is done"),
    Reason.RULE: Told(True, NOW, True, "rule", "a rule tells you of it, or it is about a rule of yours"),
    Reason.OVERDUE: Told(True, DIGEST, True, "overdue", "the task is assigned to you and its due date is over"),
    Reason.DUE: Told(True, DIGEST, True, "due soon", "the task is assigned to you and due soon"),
    Reason.UNASSIGNED: Told(False, DIGEST, False, "unassigned", "the task was assigned to you before"),
    Reason.SHARED: Told(False, NOW, False, "shared", "it was shared with you"),
    Reason.ROLE: Told(False, NOW, False, "your role", "it is about your own role"),
    Reason.COMMENTED: Told(False, DIGEST, False, "comment", "you follow the task"),
    Reason.COMPLETED: Told(False, DIGEST, False, "completed", "you follow the task"),
    Reason.MOVED: Told(False, DIGEST, False, "moved", "you follow the task"),
    Reason.CHANGED: Told(False, DIGEST, False, "changed", "you follow the task"),
    Reason.CREATED: Told(False, DIGEST, False, "new task", "you follow the project"),
    Reason.IMPORTED: Told(False, DIGEST, False, "import", "you started the import"),
}
STRENGTH = {reason: place for place, reason in enumerate(REASONS)}
