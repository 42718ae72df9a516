"""Pages of projects and tasks: find, act, render."""
