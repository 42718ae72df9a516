"""The form of an access token: whose it is, what it may do, how long it lasts."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django import forms

from .models import AccessToken, Role
from .permissions import MEMBER
from .scopes import AREAS, EVERYTHING, READ

ACCESS = [("full", "Read and change everything"), ("read", "Read everything"), ("areas", "Choose area by area")]
IN_AREA = [("", "Nothing"), ("read", "Read"), ("write", "Read and change")]
LASTS = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("0", "Until revoked")]


class TokenForm(forms.Form):
    """`roles` are those that a program of the workspace may have; without any only personal tokens are offered; `gone` are areas of which pages do not speak."""

    name = forms.CharField(max_length=80, help_text="What it is for, such as “nightly export”.")
    days = forms.TypedChoiceField(label="Lasts", choices=LASTS, coerce=int, initial="90")
    kind = forms.ChoiceField(label="Acts as", choices=AccessToken.Kind, required=False, initial="personal")
    role = forms.ChoiceField(required=False, help_text="What its program may do at most.")
    access = forms.ChoiceField(label="May", choices=ACCESS, required=False, initial="full")

    def __init__(self, *args: Any, roles: Sequence[Role] = (), gone: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(str(role.pk), role.name) for role in roles]  # type: ignore[attr-defined]
        self.fields["role"].initial = next((str(role.pk) for role in roles if role.level == MEMBER), None)
        self.there = [name for name in AREAS if name not in gone]
        for name in self.there:
            self.fields[f"area_{name}"] = forms.ChoiceField(
                label=name.capitalize(),
                choices=IN_AREA,
                required=False,
                widget=forms.Select(attrs={"class": "input-s"}),
            )

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or AccessToken.Kind.PERSONAL

    def areas(self) -> Iterator[tuple[forms.BoundField, str]]:
        """Each area's field, with its words."""
        for name in self.there:
            words = AREAS[name].words
            yield self[f"area_{name}"], words[:1].upper() + words[1:]

    def scopes(self) -> list[str]:
        """What was chosen; none at all where area by area nothing was."""
        access = self.cleaned_data["access"] or "full"
        if access != "areas":
            return list(EVERYTHING) if access == "full" else [READ]
        chosen = {name: self.cleaned_data[f"area_{name}"] for name in self.there}
        return [f"{name}:{verb}" for name, verb in chosen.items() if verb]
