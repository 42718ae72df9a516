"""What an action may say no with; each door translates these once."""


class Refused(Exception):
    """A business rule said no. `field` names the input at fault, "" when none is."""

    status = 422
    members: dict[str, object] = {}  # what a problem says besides
    headers: dict[str, str] = {}

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.words, self.field = words, field


class Forbidden(Refused):
    """The actor lacks a permission."""

    status = 403


class MissingScope(Forbidden):
    """The access token was not made for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This access token lacks the scope {scope}.")
        self.members = {"scope": scope}


class Limited(Refused):
    """Too much in too short a time."""

    status = 429

    def __init__(self, words: str, seconds: int) -> None:
        super().__init__(words)
        self.headers = {"Retry-After": str(seconds)}


class Settled(Refused):
    """It was decided already, and otherwise."""

    status = 409


class Stale(Refused):
    """The row has moved on since the caller read it."""

    status = 412


class Busy(Refused):
    """Somebody else holds the row for too long: try again."""

    status = 503
