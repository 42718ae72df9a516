"""The one error an import file can cause: what is wrong, and where in the file."""


class ImportFault(Exception):
    """A file that cannot be imported, told in words a person can act on."""

    def __init__(self, why: str, *, place: str = "") -> None:
        super().__init__(f"{place}: {why}" if place else why)
        self.why = why
        self.place = place
