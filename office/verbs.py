"""What the staff can do to a workspace from its page: each with its words, its form and the action that it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from unfold import widgets

from accounts.backoffice import ReasonForm
from billing.actions.granting import LONGEST, grant_trial, grantable, put_on
from billing.models import Billing
from workspaces.actions.staff import (
    HELD,
    MOST_TOKENS,
    grant_tokens,
    hold_workspace,
    restore_workspace,
    resume_workspace,
    suspend_workspace,
    switch_flag,
    write_note,
)
from workspaces.actor import Actor
from workspaces.flags import FLAGS
from workspaces.models import Workspace
from workspaces.panels import plans


class ConfirmForm(ReasonForm):
    """For what closes a workspace to its people."""

    confirm = forms.CharField(label="Its address", help_text="typed out, so that it is this one", error_messages={"required": "Type the address of the workspace."}, widget=widgets.UnfoldAdminTextInputWidget)  # fmt: skip
    field_order = ("confirm", "reason")


class TokensForm(ReasonForm):
    """How many, and why."""

    tokens = forms.IntegerField(min_value=1, max_value=MOST_TOKENS, widget=widgets.UnfoldAdminIntegerFieldWidget)
    field_order = ("tokens", "reason")


class TrialForm(ReasonForm):
    """Of which plan, how long from today, and why."""

    plan = forms.ChoiceField(choices=lambda: [*grantable().items()], widget=widgets.UnfoldAdminSelectWidget)
    days = forms.IntegerField(min_value=1, max_value=LONGEST, initial=14, help_text=f"from today, at most {LONGEST}", widget=widgets.UnfoldAdminIntegerFieldWidget)  # fmt: skip
    field_order = ("plan", "days", "reason")


class PlanForm(ReasonForm):
    """Which one, and why."""

    plan = forms.ChoiceField(
        choices=lambda: [("", "the operator's own (the setting PLAN)"), *((key, one.name) for key, one in plans().items())],
        required=False, widget=widgets.UnfoldAdminSelectWidget,
    )  # fmt: skip
    field_order = ("plan", "reason")


class FlagForm(ReasonForm):
    """Which one, on or off, and why."""

    flag = forms.ChoiceField(choices=[(name, f"{name}: {words}") for name, words in FLAGS.items()], widget=widgets.UnfoldAdminSelectWidget)  # fmt: skip
    on = forms.TypedChoiceField(
        label="Switch it", choices=[("on", "on"), ("off", "off")], coerce=lambda word: word == "on", empty_value=False, widget=widgets.UnfoldAdminSelectWidget
    )  # fmt: skip
    field_order = ("flag", "on", "reason")


@dataclass(frozen=True)
class Verb:
    """`permission` is one of Workspace.Meta.permissions; `fits` says for which workspaces it is offered."""

    word: str
    title: str
    words: str
    done: str
    permission: str
    act: Callable[..., Any]
    fits: Callable[[Workspace], bool]
    form: type[ReasonForm] = ReasonForm

    def run(self, by: Actor, given: dict[str, Any]) -> None:
        """Raises Refused."""
        self.act(by, **given)


def living(workspace: Workspace) -> bool:
    return workspace.deleted_at is None


def returnable(workspace: Workspace) -> bool:
    """Whether its 30 days are not over."""
    return workspace.deleted_at is not None and workspace.deleted_at > timezone.now() - HELD


def unpaid(workspace: Workspace) -> bool:
    row = Billing._base_manager.using("ops").filter(workspace=workspace).first()
    return living(workspace) and not (row and row.subscribed)


VERBS = [
    Verb(
        "grant", "Grant tokens", "Tokens of the AI beyond the plan's, for this month alone. The owners read of it.", "The tokens are granted.",
        "grant_workspace", grant_tokens, living, TokensForm,
    ),
    Verb(
        "trial", "Grant a trial", "A plan for nothing, without a card: a new trial, or more of the one that runs. It ends by itself. The owners are written to.",
        "The trial is granted.", "grant_workspace", grant_trial, unpaid, TrialForm,
    ),
    Verb(
        "plan", "Put on a plan", "For what is not paid through Stripe: an agreement of its own, a partner, a way back. It holds until payment or a trial changes it. The owners are written to.",
        "The plan is changed.", "plan_workspace", put_on, unpaid, PlanForm,
    ),
    Verb(
        "suspend", "Suspend", "Its people can read and export everything, and change nothing; live pages are closed and come back still. The reason stands on every page of theirs, and goes to the owners by mail.",
        "The workspace is suspended.", "suspend_workspace", suspend_workspace, lambda one: living(one) and one.suspended_at is None,
    ),
    Verb(
        "resume", "Lift the suspension", "Everything goes on. The owners are written to.", "The suspension is lifted.", "suspend_workspace", resume_workspace,
        lambda one: living(one) and one.suspended_at is not None,
    ),
    Verb(
        "hold", "Delete", "It closes to all its people at once. For 30 days it can be brought back from this page. The owners are written to.", "The workspace is deleted, and can be brought back for 30 days.",
        "hold_workspace", hold_workspace, living, ConfirmForm,
    ),
    Verb(
        "restore", "Bring back", "It opens again to everybody who belonged to it. The owners are written to.", "The workspace is back.", "hold_workspace", restore_workspace,
        returnable,
    ),
    Verb("flag", "Switch a flag", "For this workspace alone. The owners are written to.", "It is switched.", "flag_workspace", switch_flag, living, FlagForm),
    Verb("note", "Write a note", "For the staff alone: the workspace does not see it.", "The note is kept.", "annotate_workspace", write_note, lambda one: True),
]  # fmt: skip
