"""What can stand in the way of a payment, in words that help."""

from workspaces.errors import Refused


class NotSold(Refused):
    """Nothing is sold on this server, or not this."""

    status = 409


class Declined(Refused):
    """The card was declined."""

    status = 402


class Away(Refused):
    """Stripe does not answer, or not as it should."""

    status = 503


class Silent(Away):
    """Not a word came back: it may have been done."""


class Moved(Refused):
    """Somebody, or Stripe itself, has changed the subscription meanwhile."""

    status = 409
