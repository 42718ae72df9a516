"""What follows a change, in order: one flat list. They only write rows and enqueue; each may run twice."""

from accounts.actions import end_push
from ai.actions.runs import end_runs
from ai.actions.settings import end_choice
from ai.jobs import learn_soon
from billing.jobs import seats_soon
from office.actions.keeping import forget_mails
from realtime.doorbell import hang_up, look_again, ring, ring_inbox
from tasks.actions.automations import leave_rules
from tasks.actions.delivery import follow_time_zone, leave_deliveries
from tasks.actions.fitting import weigh_projects
from tasks.actions.notices import leave_inbox
from tasks.actions.sharing import end_grants, pass_on
from tasks.eyes import PROJECT_EYES  # noqa: F401  (which projects people see: workspaces/feed.py)
from tasks.jobs import deliver_soon, run_rules_soon, tell_people_soon
from tasks.tally import count
from workspaces.actions.drafts import end_drafts
from workspaces.actions.fitting import weigh
from workspaces.actions.support import end_for_leaver
from workspaces.jobs import tell_soon

# inside the transaction, after the rows are numbered: (act) -> None
IN_TRANSACTION = [count]

# after commit, at least once where a sweep or the head check makes good: (by, rows) -> None
AFTER_COMMIT = [ring, tell_people_soon, run_rules_soon, seats_soon, learn_soon]

# after commit, at least once where the hub's own looks make good: (session's key) -> None, (user's id) -> None
SESSION_ENDED = [hang_up, end_push]
PERSON_CHANGED = [look_again]

# when every record has forgotten somebody: (their e-mail address) -> None
PERSON_ERASED = [forget_mails]

# after commit: (user's id) -> None
TIME_ZONE_CHANGED = [follow_time_zone]

# within the act that changes the plan, and each hour: (by) -> None
PLAN_CHANGED = [weigh_projects]

# within the act that ends a membership: (by, membership) -> None
LEAVING = [
    end_grants, end_for_leaver, end_drafts, leave_inbox, leave_deliveries, leave_rules, end_runs, end_choice, weigh,
]  # fmt: skip

# within the act that makes a guest of a member: (by, membership) -> None
LOWERED = [pass_on, weigh]

# after commit; the sweep tells what was not: (id of a row of SignIn) -> None
SIGN_IN_NOTED = [tell_soon]

# after commit; pages that do not hear it ask again at their next poll: (workspace's id, ids of people) -> None
INBOX_CHANGED = [ring_inbox]

# after commit, at least once where each has a sweep: (workspace's id, ids of notifications) -> None
NOTIFICATIONS_TOLD = [deliver_soon]
