"""Pages of workspaces, one module a page."""
