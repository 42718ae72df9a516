"""What goes out beyond the inbox, on the wire: mails by SMTP, pushes by a push service."""

from typing import Any

from django.core import mail
from django.utils import timezone

from tasks.actions import create_comment, update_task
from tasks.actions.delivery import plan
from tasks.actions.telling import tell_people
from tasks.models import Delivery, Task
from tasks.notices.sending import deliver
from workspaces import tenancy
from workspaces.actor import Actor


def waits(of: Actor, **which: Any) -> list[Delivery]:
    with tenancy.workspace(of.workspace.pk, atomic=True):
        return list(Delivery.objects.within(of.workspace).filter(user=of.user, ended_at=None, **which))


def comes_due(of: Actor) -> None:
    """What waits waits no longer."""
    tell_people(of.workspace.pk)
    plan(of.workspace.pk)
    with tenancy.workspace(of.workspace.pk, atomic=True):
        Delivery.objects.within(of.workspace).filter(ended_at=None).update(due_at=timezone.now())


def goes_out(of: Actor) -> list[Any]:
    """The mails that are sent now."""
    before = len(mail.outbox)
    comes_due(of)
    deliver(of.workspace.pk)
    return mail.outbox[before:]


def test_an_assignment_is_a_mail_after_a_quiet_while(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    create_comment(alice, cards[0], body="@bob please\n\n> look")
    tell_people(alice.workspace.pk)
    deliver(alice.workspace.pk)
    assert not mail.outbox and len(waits(bob, channel="mail", kind="now")) == 1
    (one,) = goes_out(bob)
    print(one.message().as_string())
    assert one.to == ["bob@example.com"] and one.subject == "FLOW-1 One"
    assert goes_out(bob) == []
