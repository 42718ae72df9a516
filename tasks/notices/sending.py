"""Sends what is due: one mail or push after the other, each in a transaction that notes it as sent.

A server that is away stops the round for its channel and costs the others nothing; what was refused for ever ends, and
blocks nobody.
"""

import logging
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils import timezone

from accounts import push
from accounts.actions import forget_push, note_push
from accounts.models import PushSubscription
from workspaces import tenancy

from ..actions.delivery import begin, digest_is_due, end_delivery, held_delivery, plan, plan_again, put_off
from ..actions.reminding import remind
from ..models import Delivery
from .letters import Letter, letter_for, push_for, reader_of
from .wishes import schedules

log = logging.getLogger(__name__)
LONGEST = 240.0  # seconds of one job; the next one goes on
WAITS = (1, 2, 5, 15, 30, 60, 120, 240)  # minutes between tries
GIVE_UP = {Delivery.Channel.MAIL: timedelta(days=3), Delivery.Channel.PUSH: timedelta(days=1)}
REFUSED = 20  # pushes in a row that a browser's service did not take, after which it is forgotten
PAUSE = 30.0  # seconds without trying after the mail server was away
Outcome, Channel, Kind = Delivery.Outcome, Delivery.Channel, Delivery.Kind
_mail_away_until = 0.0


def deliver(workspace_id: UUID) -> None:
    """Plan and send what is due in a workspace; what is to be recalled at somebody's hour is in the digest of that hour."""
    now = timezone.now()
    if digest_is_due(workspace_id, now):
        remind(workspace_id, now=now)
    plan(workspace_id)
    Round(workspace_id).run()


class Round:
    """One connection to the mail server for all its mails; hosts of push services that did not answer are asked no more."""

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id, self.until = workspace_id, time.monotonic() + LONGEST
        self.connection: Any = None
        self.silent: set[str] = set()

    def run(self) -> None:
        seen: set[UUID] = set()
        try:
            while fresh := [pk for pk in begin(self.workspace_id, timezone.now()) if pk not in seen]:
                seen.update(fresh)
                for pk in fresh:
                    if time.monotonic() > self.until:
                        return
                    self.send(pk)
        finally:
            self._hang_up()

    def send(self, pk: UUID) -> None:
        with tenancy.workspace(self.workspace_id, atomic=True):
            row = held_delivery(self.workspace_id, pk)
            if row is None:
                return
            if self._is_paused(row):
                plan_again(row)
            else:
                (self._mail if row.channel == Channel.MAIL else self._push)(row)

    def _is_paused(self, row: Delivery) -> bool:
        """Whether its person wants none of it for now."""
        until = schedules(self.workspace_id, [row.user_id])[row.user_id].paused_until
        return row.kind != Kind.TEST and bool(until and until > timezone.now())

    def _mail(self, row: Delivery) -> None:
        if time.monotonic() < _mail_away_until:
            return
        by = reader_of(row)
        letter = letter_for(by, row) if by else None
        if letter is None:
            end_delivery(row, Outcome.UNNEEDED)
            return
        try:
            self._hand_over(letter.message)
        except (smtplib.SMTPException, OSError) as error:
            self._not_mailed(row, error)
        else:
            end_delivery(row, Outcome.SENT, letter.notices)

    def _hand_over(self, message: EmailMessage) -> None:
        """By the connection that is open; where the server has ended that meanwhile, by another one."""
        if self.connection is not None:
            with suppress(smtplib.SMTPServerDisconnected):
                self.connection.send_messages([message])
                return
            self._hang_up()
        connection = get_connection()
        connection.open()
        if isinstance(connection, SmtpBackend):  # the others make a file, or a line, of each connection
            self.connection = connection
        connection.send_messages([message])

    def _not_mailed(self, row: Delivery, error: Exception) -> None:
        """The server is away, or does not take this one."""
        self._hang_up()
        log.warning("mail %s was not sent: %s", row.pk, type(error).__name__)
        if isinstance(error, smtplib.SMTPRecipientsRefused) and all(
            code >= 500 for code, _ in error.recipients.values()
        ):
            end_delivery(row, Outcome.FAILED)
            return
        if not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
            global _mail_away_until
            _mail_away_until = time.monotonic() + PAUSE
        self._again(row)

    def _again(self, row: Delivery, wait: float | None = None) -> None:
        if timezone.now() - row.created_at > GIVE_UP[Channel(row.channel)]:
            end_delivery(row, Outcome.FAILED)
            return
        usual = timedelta(minutes=WAITS[min(row.tries, len(WAITS) - 1)])
        put_off(row, usual if wait is None else max(timedelta(seconds=wait), timedelta(minutes=1)))

    def _hang_up(self) -> None:
        if self.connection is not None:
            connection, self.connection = self.connection, None
            quietly(connection.close)

    def _push(self, row: Delivery) -> None:
        device = (
            PushSubscription.objects.select_related("user").filter(pk=row.subscription_id, user=row.user_id).first()
        )
        if device is not None and not push.signed_in(device):
            forget_push(device)
            device = None
        by = reader_of(row) if device else None
        letter = push_for(by, row) if by else None
        if device is None or letter is None:
            end_delivery(row, Outcome.UNNEEDED)
        elif (host := push.host_of(device)) not in self.silent:
            answer = push.send(device, letter.message, topic=letter.topic, urgent=letter.urgent)
            self._pushed(row, device, letter, answer)
            if answer.away:
                self.silent.add(host)

    def _pushed(self, row: Delivery, device: PushSubscription, letter: Letter, answer: push.Answer) -> None:
        if answer.state == "later":
            self._again(row, answer.wait)
        else:
            end_delivery(row, Outcome.SENT if answer.state == "sent" else Outcome.FAILED, letter.notices)
        note_push(device, sent=answer.state == "sent")
        if answer.state == "gone" or device.failures >= REFUSED:
            forget_push(device)


def quietly(close: Callable[[], None]) -> None:
    """End a connection that may be gone already."""
    try:
        close()
    except (smtplib.SMTPException, OSError):
        log.debug("the mail server had hung up")
