"""What apps put on pages that stand below them (workspaces/panels.py), in the order shown."""

from tasks.panels import count_open, mine, overview, projects
from tasks.people import acquaintances
from tasks.usage import count_projects, stored_bytes
from workspaces.panels import Panel

# the home page of a workspace
HOME = [Panel("tasks/home_mine.html", mine), Panel("tasks/home_projects.html", overview)]

# (actor) -> the projects they see, for filters
PROJECTS = projects

# (actor) -> how many projects all members see
OPEN_PROJECTS = count_open

# (actor who is a guest) -> which memberships they know of
ACQUAINTANCES = acquaintances

# (workspace's id) -> how much of its plan is used (workspaces/plans.py)
USAGE = {"projects": count_projects, "storage": stored_bytes}
