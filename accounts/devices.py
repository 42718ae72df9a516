"""A browser's User-Agent in words: `Firefox on Windows`. Only for people to tell their own devices apart."""

import re

# the first that fits: most browsers also claim to be the ones below them
BROWSERS = (
    ("Edge", r"\bEdg(e|A|iOS)?/"), ("Opera", r"\b(OPR|Opera|OPT)/"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Vivaldi", r"Vivaldi/"), ("Firefox", r"\b(Firefox|FxiOS)/"), ("Chrome", r"\b(Chrome|CriOS|Chromium|HeadlessChrome)/"),
    ("Safari", r"Version/.*Safari/"), ("curl", r"^curl/"), ("Python", r"^python"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("ChromeOS", r"\bCrOS\b"), ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"), ("Linux", r"Linux|X11"),
)  # fmt: skip
HELD = frozenset({"iPhone", "Android"})


def device(agent: str) -> str:
    """What the header says, as far as it is known."""
    words = [name for name in (_first(BROWSERS, agent) or _program(agent), _first(SYSTEMS, agent)) if name]
    return " on ".join(words) or "Unknown device"


def _program(agent: str) -> str:
    """What a program calls itself: `robot/2.1 (…)` is robot."""
    named = re.match(r"[A-Za-z][\w.-]{1,39}(?=/|$)", agent)
    return named[0] if named and named[0] != "Mozilla" else ""  # every browser says that it is one


def device_icon(agent: str) -> str:
    """The icon of a phone or of a computer."""
    return "smartphone" if _first(SYSTEMS, agent) in HELD else "laptop"


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, shape in known if re.search(shape, agent)), "")
