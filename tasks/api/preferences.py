"""…/inbox/preferences/: how and when one wants to be told."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.fields import Choice, Flag, Nothing, Strict, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..actions import preferences as actions
from ..models import NotificationPreference, NotificationSchedule, Reason
from ..notices.wishes import Wishes, schedules

TIMES = ("hour", "days", "remind_before", "remind_on_day", "paused_until")
MAILS, DAYS = NotificationPreference.Mail.values, NotificationSchedule.Days.values


class WishIn(Strict):
    """For one reason; what is not named stays as it is."""

    reason = Choice(choices=Reason.values)
    muted = Flag(required=False, help_text="told nowhere: neither in the inbox nor by mail or push")
    mail = Choice(choices=MAILS, required=False, help_text="at once, in the digest, or never")
    push = Flag(required=False)


class PreferencesIn(Strict):
    """What changes."""

    hour = Whole(max_value=23, required=False, help_text="of digest and reminders, in your own time zone")
    days = Choice(choices=DAYS, required=False)
    remind_before = Flag(required=False, help_text="the day before a task of yours is due")
    remind_on_day = Flag(required=False, help_text="on the day it is due")
    paused_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="neither mail nor push until then; within a year"
    )
    reasons = serializers.ListField(child=WishIn(), required=False, max_length=len(Reason))


class WishOut(serializers.Serializer[Any]):
    """For one reason, as you have said or as it is by itself."""

    reason = serializers.ChoiceField(choices=Reason.values)
    muted = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=MAILS)
    push = serializers.BooleanField()


class PreferencesOut(serializers.Serializer[Any]):
    """Everything that you may say."""

    hour = serializers.IntegerField()
    days = serializers.ChoiceField(choices=DAYS)
    remind_before = serializers.BooleanField()
    remind_on_day = serializers.BooleanField()
    paused_until = serializers.DateTimeField(allow_null=True)
    reasons = WishOut(many=True)


class Preferences(Endpoint):
    """One's own, in this workspace."""

    @describes("get_notification_preferences", PreferencesOut, query=Nothing, tag="inbox")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """How and when you are told."""
        self.asked(Nothing)
        return self.shown()

    @describes("update_notification_preferences", PreferencesOut, body=PreferencesIn, tag="inbox")
    def patch(self, request: Request, workspace: str) -> HttpResponse:
        """Change some of it: all of what you send, or nothing."""
        said = self.given(PreferencesIn)
        for wish in said.pop("reasons", ()):
            actions.prefer(self.by, **wish)
        if said:
            actions.schedule_notifications(self.by, **said)
        return self.shown()

    def shown(self) -> HttpResponse:
        """All of it, as it is now."""
        by = self.by
        schedule, wishes = schedules(by.workspace.pk, [by.user.pk])[by.user.pk], Wishes(by.workspace.pk, [by.user.pk])
        found = [(reason, wishes.of(by.user.pk, reason)) for reason in Reason]
        rows = [
            {"reason": reason, "muted": one.muted, "mail": one.mail, "push": one.push} for reason, one in found
        ]  # fmt: skip
        return answer({name: getattr(schedule, name) for name in TIMES} | {"reasons": rows})
