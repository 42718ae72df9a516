"""The REST API of projects and tasks."""
