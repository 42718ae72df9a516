"""Viewing the workspace as a role: it changes nothing, and managers hear of it."""

from datetime import datetime

from ..actor import Actor
from ..models import Role
from ..spine import action, record
from .ranks import not_above


@action
def start_viewing(by: Actor, role: Role, *, until: datetime) -> Role:
    """Tell that somebody looks at the workspace as this role."""
    by.must_hold("role.manage")
    not_above(by, role)
    record(by, "view:started", role, after={"role": role.name, "until": until.isoformat()}, label=role.name)
    return role


@action
def stop_viewing(by: Actor, role: Role) -> Role:
    """Tell that it is over."""
    by.must_hold("role.manage")
    record(by, "view:ended", role, before={"role": role.name}, label=role.name)
    return role
