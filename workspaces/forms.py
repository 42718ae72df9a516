"""Forms of workspaces: what a field must look like. Whether it may be is the action's business."""

from django import forms

from .permissions import OPEN_TO_ROLES, OWNER, PERMISSIONS

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class WorkspaceForm(forms.Form):
    """Founding one."""

    name = forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "organization"})
    )
    slug = forms.CharField(max_length=40, required=False, label="Address", widget=forms.TextInput(attrs=PLAIN))


class NameForm(forms.Form):
    """Renaming one."""

    name = forms.CharField(max_length=80)


class InviteForm(forms.Form):
    """Several addresses at once, of one role."""

    emails = forms.CharField(
        max_length=8_000,
        label="E-mail addresses",
        help_text="One or several, separated by commas or on lines of their own.",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "anna@example.com", **PLAIN}),
    )
    role = forms.CharField(max_length=40)

    def addresses(self) -> list[str]:
        """Each once, in the order given."""
        words = self.cleaned_data["emails"].replace(",", " ").replace(";", " ").split()
        return list(dict.fromkeys(word.strip("<>").lower() for word in words if "@" in word or "<" not in word))


class DeleteForm(forms.Form):
    """Its address, typed once more."""

    confirm = forms.CharField(max_length=40, label="Type the address to confirm", widget=forms.TextInput(attrs=PLAIN))


class RoleForm(forms.Form):
    """A custom role."""

    name = forms.CharField(max_length=40, widget=forms.TextInput(attrs=PLAIN))
    description = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs=PLAIN))
    level = forms.IntegerField(min_value=1, max_value=OWNER - 1, initial=20)
    permissions = forms.MultipleChoiceField(
        choices=[(name, sentence) for name, sentence in PERMISSIONS.items() if name in OPEN_TO_ROLES], required=False
    )


class OwnershipForm(forms.Form):
    """Handing on the workspace."""

    step_down = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1", initial="1")
    confirm = forms.CharField(max_length=40, widget=forms.TextInput(attrs=PLAIN))


class EraseForm(forms.Form):
    """One's own e-mail address, typed once more."""

    confirm = forms.CharField(
        max_length=254,
        label="Type your e-mail address to confirm",
        widget=forms.TextInput(attrs={"inputmode": "email", **PLAIN}),
    )
