"""Drafts: kept while somebody types, gone when it is saved. They are each person's own, and no record tells of them."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from .. import tenancy
from ..actor import Actor
from ..errors import Refused, Stale
from ..models import Draft, Membership
from ..rules import text as clean
from ..spine import action

LONGEST = 100_000
MOST = 100  # of one person in a workspace: what was left longest goes first
KEPT = timedelta(days=30)


class NewerDraft(Stale):
    """The same field was typed in on another device: neither text takes the other's place."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("Another draft of this field is newer.", "version")
        self.draft = draft


@action
def keep_draft(by: Actor, *, place: str, text: str, base_version: int = 0, version: int | None = None) -> Draft:
    """Keep what was typed. `version` is that of the draft it goes on from, 0 when there was none; None asks nothing."""
    by.in_person()
    place, text = _place(place), clean(text, "text", longest=LONGEST)
    held = Draft.objects.within(by.workspace).filter(user=by.user, place=place).select_for_update().first()
    if held and (held.text, held.base_version) == (text, base_version):
        return held
    if held and version is not None and version != held.version:
        raise NewerDraft(held)
    now = timezone.now()
    draft = held or Draft(workspace=by.workspace, user=by.user, place=place, version=0)
    draft.text, draft.base_version, draft.updated_at = text, base_version, now
    draft.version = max(draft.version + 1, int(now.timestamp() * 1000))
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["workspace", "user", "place"],
        update_fields=["text", "base_version", "version", "updated_at"],
    )
    if held is None:
        _end_oldest(by)
    return draft


@action
def end_draft(by: Actor, *, place: str) -> None:
    """It was saved, or is not wanted any more."""
    by.in_person()
    Draft.objects.within(by.workspace).filter(user=by.user, place=_place(place)).delete()


def end_drafts(by: Actor, membership: Membership) -> None:
    """Within the act that ends a membership."""
    Draft.objects.within(by.workspace).filter(user=membership.user_id).delete()


def end_old_drafts(workspace_id: UUID) -> None:
    """What nobody has touched for 30 days."""
    with tenancy.workspace(workspace_id, atomic=True):
        Draft.objects.within(workspace_id).filter(updated_at__lt=timezone.now() - KEPT).delete()


def _place(place: str) -> str:
    if not 1 <= len(place) <= 200 or not place.isprintable():
        raise Refused("The place of a draft has 1 to 200 characters.", "place")
    return place


def _end_oldest(by: Actor) -> None:
    rows = Draft.objects.within(by.workspace).filter(user=by.user)
    newest = rows.order_by("-updated_at").values_list("pk", flat=True)[:MOST]
    rows.exclude(pk__in=list(newest)).delete()
