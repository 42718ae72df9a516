"""Rescheduling a project: what somebody wishes becomes a problem, the planner solves it, and the plan waits as a proposal."""
