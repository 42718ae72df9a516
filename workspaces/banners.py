"""What stands above every page of a workspace while it holds: a line of words, and perhaps one button or link."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Banner:
    """`kind` is warn, danger, good or accent; the button posts to `action` with `fields`."""

    words: str
    icon: str = "info"
    kind: str = "warn"
    button: str = ""
    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    link: str = ""  # words of a link to `address`
    address: str = ""


Source = Callable[[HttpRequest], Banner | None]
