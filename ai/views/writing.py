"""Words for the editor of a description or a comment: suggested, never put there."""

from dataclasses import fields as fields_of

from django.http import HttpResponse

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import member_page, on_or_off, sent

from ..opening import must_be_on
from ..streaming import later
from ..writing import PLACES, PURPOSES, Wanted, ask_of

FIELDS = tuple(field.name for field in fields_of(Wanted))


@member_page("POST")
def write(request: MemberRequest) -> HttpResponse:
    """Answered as a stream of events, or as JSON when it is done."""
    must_be_on(request.by)
    given = sent(request, *FIELDS, "again")
    said = {name: given[name].replace("\r\n", "\n") for name in FIELDS if name in given}
    for name, words in (("purpose", PURPOSES), ("place", PLACES)):
        if said.setdefault(name, PLACES[0] if name == "place" else "") not in words:
            raise Refused(f"The field {name} is one of {', '.join(words)}.", name)
    again = on_or_off(given, "again", "0")
    return later(request, request.by, ask_of(request.by, Wanted(**said)), again=again)
