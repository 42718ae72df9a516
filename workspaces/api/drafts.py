"""…/drafts/: what one has typed and not saved, in which field; one's own, and nobody else's."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from ..actions.drafts import LONGEST, NewerDraft, end_draft, keep_draft
from ..answers import problem
from ..models import Draft
from ..rest.cursor import Key, PageQuery, uuid
from ..rest.fields import Strict, Text, Whole
from ..rest.schema import describes
from ..rest.view import Endpoint, answer, nothing

NEWEST = [Key("pk", uuid, down=True)]
BIGGEST = 2**53 - 1  # that JavaScript can count


class DraftOut(serializers.Serializer[Any]):
    """The words of one field."""

    place = serializers.CharField(help_text="t:FLOW-42:description, or whatever your program calls its fields")
    text = serializers.CharField()
    base_version = serializers.IntegerField(help_text="of what the text goes on from; 0: something new")
    version = serializers.IntegerField(help_text="of the draft itself")
    updated_at = serializers.DateTimeField()


class DraftIn(Strict):
    """What was typed, and on what it goes on."""

    place = Text(max_length=200)
    text = Text(max_length=LONGEST, allow_blank=True)
    base_version = Whole(default=0)
    version = Whole(
        required=False,
        max_value=BIGGEST,
        help_text="of the draft that you have read, 0 if there was none: 412 with `current` when it is another one by now",
    )


class DraftsQuery(PageQuery):
    """All, or that of one field."""

    place = serializers.CharField(max_length=200, required=False)


class PlaceQuery(Strict):
    """Which."""

    place = serializers.CharField(max_length=200)


class Drafts(Endpoint):
    """Your drafts."""

    @describes("list_drafts", DraftOut, query=DraftsQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Your drafts, the newest field first. They end 30 days after their last change."""
        asked = self.asked(DraftsQuery)
        rows = Draft.objects.within(self.by.workspace).filter(user=self.by.user)
        if "place" in asked:
            rows = rows.filter(place=asked["place"])
        return self.page(rows, NEWEST, draft_row, asked)

    @describes("keep_draft", DraftOut, body=DraftIn)
    def put(self, request: Request, workspace: str) -> HttpResponse:
        """Keep what was typed in a field."""
        try:
            return answer(draft_row(keep_draft(self.by, **self.given(DraftIn))))
        except NewerDraft as newer:
            return problem(412, newer.words, current=draft_row(newer.draft))

    @describes("end_draft", status=204, query=PlaceQuery)
    def delete(self, request: Request, workspace: str) -> HttpResponse:
        """It was saved, or is not wanted any more. Done, too, where there is none."""
        end_draft(self.by, **self.asked(PlaceQuery))
        return nothing()


def draft_row(draft: Draft) -> dict[str, Any]:
    """As the API says it."""
    return {
        "place": draft.place, "text": draft.text, "base_version": draft.base_version, "version": draft.version,
        "updated_at": draft.updated_at.isoformat().replace("+00:00", "Z"),  # in a problem too
    }  # fmt: skip
