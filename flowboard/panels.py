"""What apps put on pages that stand below them (workspaces/panels.py), in the order shown."""

from ai.accepting import aid
from ai.access import may_propose
from ai.access import there as ai_there
from ai.panels import receipt_of
from ai.rescheduling.panel import plan_panel
from ai.usage import tokens_used
from billing.limits import plans
from tasks.actions.metering import runs_used
from tasks.automations.reading import rule_names
from tasks.panels import count_open, mine, overview, projects, read_only
from tasks.people import acquaintances
from tasks.usage import count_projects, stored_bytes
from workspaces.panels import ChangePanel, Panel

# the home page of a workspace
HOME = [Panel("tasks/home_mine.html", mine), Panel("tasks/home_projects.html", overview)]

# the page of a proposal, above its lines
CHANGE = [ChangePanel("ai/_proposal.html", receipt_of), ChangePanel("ai/_plan.html", plan_panel)]

# (actor) -> the projects they see, for filters
PROJECTS = projects

# (actor) -> the projects that the plan has no room for
READ_ONLY_PROJECTS = read_only

# (actor, ids of acts) -> the rule that did each, where one did
RULE_NAMES = rule_names

# (actor) -> how many projects all members see
OPEN_PROJECTS = count_open

# (actor who is a guest) -> which memberships they know of
ACQUAINTANCES = acquaintances

# (workspace's id) -> how much of its plan is used (workspaces/plans.py)
USAGE = {
    "projects": count_projects, "storage": stored_bytes, "ai_tokens": tokens_used, "automation_runs": runs_used,
}  # fmt: skip

# () -> the plans there are, by name
PLANS = plans

# places of the pages below (`{% slot "editor" %}`): by which fact of the frame something stands there, and its template
SLOTS = {
    "task": [("ai", "ai/_triage_slot.html")],
    "project": [("may_plan", "ai/_plan_button.html")],
    "subtasks": [("may_propose", "ai/_break_task.html")],
    "create": [("may_propose", "ai/_break_text.html")],
    "insights": [("ai", "ai/_ask.html")],
    "editor": [("ai", "ai/_write_button.html")],
    "pane": [("ai", "ai/_write.html")],
}

# (actor) -> whether they may propose changes
MAY_PROPOSE = may_propose

# first words of permissions, scopes, events and doors that are not in every workspace, and (actor, ever=…) -> whether in this
OPTIONAL = {"ai": ai_there}

# (actor, receipt's id) -> what marks an act as done with that help (workspaces/aid.py)
AID = aid
