"""How many wrong passwords an account takes: counted in PostgreSQL, so that neither a restart nor the loss of Redis gives new tries.

Strangers share one count an account, so that guessing from a thousand addresses is no faster than from one; one
address alone cannot use it up. Where somebody has signed in before counts by itself: a stranger's guesses, however
many, do not lock a person out at home.
"""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from .addresses import client_address, neighbourhood
from .locks import hold
from .models import Guess, SignIn

WINDOW = timedelta(minutes=15)
OF_STRANGERS = 10  # wrong passwords of one account in that time, from all addresses that it does not know
OF_ONE_STRANGER = 5  # of them from one address
AT_HOME = 10  # from one address that has signed in to the account
ONE_ADDRESS = 50  # from one address to all accounts that do not know it: one password tried on many
REMEMBERED = timedelta(days=90)  # how long an address is known after it signed in
KEPT = timedelta(days=1)


class TooManyTries(Exception):
    """Nothing was compared: wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        minutes = math.ceil(seconds / 60)
        self.seconds = seconds
        self.words = (
            f"Too many wrong passwords. Wait {minutes} minute{'' if minutes == 1 else 's'}, or sign in another way: "
            "with a code by mail, or with a passkey."
        )


def take(request: HttpRequest, email: str) -> Guess:
    """Take one of the tries before the password is looked at; raises TooManyTries. `give_back` it when it was right."""
    account, address = _account(email), neighbourhood(client_address(request))
    guess = Guess(account=account, address=address, known=address in _known(email))
    with transaction.atomic():
        for counted in (account, address):  # always in this order, so that two never wait for each other
            hold(f"guess:{counted}")
        _refuse_full(guess)
        guess.save(force_insert=True)
    return guess


def give_back(guess: Guess) -> None:
    """It was the right password."""
    guess.delete()


def forget(email: str) -> None:
    """The person has proved the mailbox and chosen another password."""
    Guess.objects.filter(account=_account(email)).delete()


def forget_old() -> None:
    """What counts no more."""
    Guess.objects.filter(at__lt=timezone.now() - KEPT).delete()


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def _known(email: str) -> set[str]:
    """Where somebody has signed in to the account. The same statement whether there is one or not."""
    since = timezone.now() - REMEMBERED
    rows = SignIn.objects.filter(user__email=email.strip().lower(), outcome=SignIn.Outcome.IN, created_at__gt=since)
    return {neighbourhood(one) for one in rows.order_by().values_list("address", flat=True).distinct()[:200] if one}


def _refuse_full(guess: Guess) -> None:
    recent = Guess.objects.filter(at__gt=timezone.now() - WINDOW)
    mine = list(recent.filter(account=guess.account).values_list("at", "address", "known"))
    here = [at for at, address, _ in mine if address == guess.address]
    if guess.known:
        _must_have_room(here, AT_HOME)
        return
    _must_have_room([at for at, _, known in mine if not known], OF_STRANGERS)
    _must_have_room(here, OF_ONE_STRANGER)
    elsewhere = recent.filter(address=guess.address, known=False).order_by("-at")
    _must_have_room(list(elsewhere.values_list("at", flat=True)[:ONE_ADDRESS]), ONE_ADDRESS)


def _must_have_room(taken: Sequence[datetime], most: int) -> None:
    if len(taken) >= most:
        first = sorted(taken)[-most]
        raise TooManyTries(max(math.ceil((first + WINDOW - timezone.now()).total_seconds()), 1))
