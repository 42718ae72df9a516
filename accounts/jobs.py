"""Background work of people: what beat starts."""

from celery import shared_task

from . import keys, programs


@shared_task
def keep_keys() -> None:
    """A new signing key every 30 days; keys and sign-ins that nothing asks for any longer go."""
    keys.rotate_when_due()
    programs.forget_ended()
