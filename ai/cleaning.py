"""Characters that nobody sees but a model reads: they go, on the way in and on the way out."""

from typing import Any

# control characters, halves of characters, zero width, soft hyphen, bidirectional marks, variation selectors, tags
UNSEEN = frozenset(
    chr(code)
    for first, last in (
        (0x0000, 0x0008), (0x000B, 0x000C), (0x000E, 0x001F), (0x007F, 0x009F), (0xD800, 0xDFFF),
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
        (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
JOINERS = frozenset("\u200c\u200d")  # between letters of Persian or Hindi, and inside emoji, they are seen


class Cleaner:
    """Cleans a text that comes in pieces."""

    def __init__(self) -> None:
        self.last, self.held = "", ""

    def feed(self, piece: str) -> str:
        """What of it can be seen; a joiner waits for what it joins to."""
        found: list[str] = []
        for mark in piece:
            if mark in UNSEEN or (mark in JOINERS and self.last.isascii()):
                continue
            if mark in JOINERS:
                self.held = mark
                continue
            if self.held and not mark.isascii():
                found.append(self.held)
            self.held, self.last = "", mark
            found.append(mark)
        return "".join(found)


def clean(value: Any) -> Any:
    """Texts of any JSON, keys included."""
    if isinstance(value, str):
        return Cleaner().feed(value)
    if isinstance(value, dict):
        return {clean(name): clean(one) for name, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list | tuple) else value
