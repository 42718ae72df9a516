"""What a workspace chooses about the AI, and what each person chooses for themselves."""

from typing import Any

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.rules import set_fields
from workspaces.spine import action, record

from ..access import offered
from ..budget import period
from ..errors import Off
from ..models import AIAnswer, AIChoice, AISettings, AIUsage

LONGEST_DAYS = 365
MOST_TOKENS = 10**12


@action
def update_ai_settings(by: Actor, **fields: Any) -> AISettings:
    """`enabled`, `guests`, `keep_texts`, `keep_days`, `own_tokens`; whoever switches the AI on has it on for themselves too."""
    by.must("workspace.manage")
    row = AISettings.objects.within(by.workspace).select_for_update().first() or AISettings(workspace=by.workspace)
    before, after = set_fields(row, CLEAN, fields)
    if not after:
        return row
    AISettings.objects.bulk_create([row], update_conflicts=True, unique_fields=["workspace"], update_fields=list(after))
    record(by, "ai:updated", by.workspace, before=before, after=after, label=by.workspace.name)
    _follow(by, after)
    return row


@action
def choose_ai(by: Actor, *, on: bool) -> None:
    """For oneself, once the workspace has it on. Everybody's own, so no record tells of it."""
    by.in_person()
    if on and not offered(by):
        raise Off("The AI is not switched on for you here.", "on")
    _choose(by, on=_yes_or_no("on")(on))


@action
def put_away_warning(by: Actor) -> None:
    """Oneself has read that the month's tokens run low."""
    by.in_person()
    AIChoice.objects.within(by.workspace).filter(user=by.user).update(warned=period())


def _choose(by: Actor, *, on: bool) -> None:
    row = AIChoice(workspace=by.workspace, user=by.user, on=on, updated_at=timezone.now())
    AIChoice.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["workspace", "user"], update_fields=["on", "updated_at"]
    )


def _follow(by: Actor, after: dict[str, Any]) -> None:
    """What is switched off leaves nothing behind that was kept for it."""
    if after.get("enabled"):
        _choose(by, on=True)
    if after.get("enabled") is False:
        AIAnswer.objects.within(by.workspace).delete()
    if after.get("keep_texts") is False:
        AIUsage.objects.within(by.workspace).exclude(asked="", answered="").update(asked="", answered="")


def end_choice(by: Actor, membership: Membership) -> None:
    """Within the act that ends a membership: whoever comes back chooses anew."""
    AIChoice.objects.within(by.workspace).filter(user=membership.user_id).delete()


def _yes_or_no(name: str) -> Any:
    def clean(value: Any) -> bool:
        if not isinstance(value, bool):
            raise Refused("This is either on or off.", name)
        return value

    return clean


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_DAYS:
        raise Refused(f"Texts are kept for 1 to {LONGEST_DAYS} days.", "keep_days")
    return value


def _tokens(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_TOKENS):
        raise Refused("The limit is a whole number of tokens, or empty for none.", "own_tokens")
    return value


CLEAN = {
    **{name: _yes_or_no(name) for name in ("enabled", "guests", "keep_texts")}, "keep_days": _days, "own_tokens": _tokens,
}  # fmt: skip
