"""What the back-office writes of its own. None of it is a change of a workspace, so no record tells of it."""
