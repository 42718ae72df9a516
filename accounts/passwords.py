"""Passwords that are guessed soon: from lists of breaches, and whatever is easily derived from them or from the person."""

import re
from typing import Any

from django.core.exceptions import ValidationError

from .models import User

SOON = 3e7  # guesses; eight characters at random need 1e8
READ = 72  # characters of it: the rest can only make it better, and the estimate takes longer with each
PRODUCT = ("flowboard", "flow", "board", "kanban", "password")


class GuessedSoonValidator:
    """Estimates, without asking anybody, how many guesses a password takes whose list is ordered by what people chose.

    The lists are zxcvbn's: 30,000 passwords of known breaches, common names and words, also spelt with digits or
    backwards, dates, repeats, rows of the keyboard; and what is known of the person.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        from zxcvbn import zxcvbn  # its lists take memory that only few processes ever need

        if float(zxcvbn(password[:READ], user_inputs=known(user))["guesses"]) < SOON:
            raise ValidationError(
                "This is among the passwords that are tried first: leaked ones, names, rows of keys, and what resembles them. "
                "Three or four unrelated words are hard to guess and easy to keep.",
                code="guessed_soon",
            )

    def get_help_text(self) -> str:
        return "Not one that was leaked, and nothing made of your name or the product's."


def known(user: Any) -> list[str]:
    """The words that somebody who knows this person tries first."""
    said = " ".join(str(getattr(user, name, "") or "") for name in ("name", "email"))
    return [*PRODUCT, *(word for word in re.split(r"[^\w]+", said.lower()) if len(word) > 2)]
