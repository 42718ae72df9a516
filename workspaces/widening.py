"""What a person gains and loses by another role, in words: said before it is done."""

from dataclasses import dataclass

from .actor import Actor
from .models import Role
from .panels import absent, open_projects
from .permissions import ADMIN, MEMBER, PERMISSIONS, is_of


@dataclass(frozen=True)
class Difference:
    """Sentences, each to be read after “they will be able to” or “they will no longer be able to”."""

    gains: list[str]
    loses: list[str]


def difference(by: Actor, was: Role, to: Role) -> Difference:
    """From one role to the other."""
    gone = absent(by)
    gains, loses = _sentences(was, to, gone), _sentences(to, was, gone)
    if was.level < MEMBER <= to.level:
        gains.insert(0, _sight(by))
    if to.level < MEMBER <= was.level:
        loses.insert(0, "See the open projects: only what is shared with them stays")
    return Difference(gains, loses)


def _sentences(less: Role, more: Role, gone: frozenset[str]) -> list[str]:
    held = {name for name in more.allowed - less.allowed if not is_of(name, gone)}
    said = [sentence for name, sentence in PERMISSIONS.items() if name in held]
    if less.level < ADMIN <= more.level:
        said.append("Read in the record of invitations and access tokens")
    return said


def _sight(by: Actor) -> str:
    count = open_projects(by)
    if not count:
        return "See all open projects (there is none yet)"
    return "See the one open project" if count == 1 else f"See all {count} open projects"
