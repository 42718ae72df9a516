"""What apps put on pages that stand below them (workspaces/panels.py), in the order shown."""

from tasks.panels import mine, overview, projects
from workspaces.panels import Panel

# the home page of a workspace
HOME = [Panel("tasks/home_mine.html", mine), Panel("tasks/home_projects.html", overview)]

# (actor) -> the projects they see, for filters
PROJECTS = projects
