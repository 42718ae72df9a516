"""Automations: what a rule can say, how it is read, and what sets it off. What they write stands in tasks/actions/."""
