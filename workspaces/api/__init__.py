"""The REST API of workspaces and their people."""
