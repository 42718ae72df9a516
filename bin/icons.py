"""Make static/icons/sprite.svg from the folder of lucide-static given as argument and our own drawings in static/icons/own."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "static" / "icons"
NAMES = """
activity align-left archive archive-restore arrow-down arrow-left arrow-right arrow-up arrow-up-right at-sign bell bell-off book-open calendar
calendar-clock check chevron-down chevron-left chevron-right chevrons-up-down circle-alert circle-check circle-help circle-plus clock
columns-3 command copy corner-down-left download ellipsis external-link eye file-up filter flag folder folder-input gauge git-branch globe grip-vertical hash history house
inbox info keyboard kanban key-round laptop layers link link-2 list list-checks list-filter list-tree lock log-out mail message-square message-circle monitor moon
move panel-left panel-left-close panel-right paperclip pencil plug plus refresh-cw rotate-ccw search send settings shield shield-check sliders-horizontal
smartphone smile sparkles square-check square-kanban square-pen sun tag trash-2 triangle-alert undo-2 unlink upload user user-minus user-plus user-round
users wifi-off x zap circle-user ban rows-3 maximize-2 minimize-2 hourglass pin
""".split()


def drawing(path: Path) -> str:
    """What stands inside one icon's <svg>, on one line."""
    inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    assert inner, path
    return re.sub(r"\s+", " ", inner.group(1)).replace("> <", "><").strip()


def sprite(lucide: Path) -> str:
    """All icons as symbols of one file."""
    found = {name: lucide / "icons" / f"{name}.svg" for name in NAMES}
    found |= {path.stem: path for path in sorted((HERE / "own").glob("*.svg"))}
    missing = [name for name, path in found.items() if not path.exists()]
    if missing:
        sys.exit(f"No such icon: {' '.join(missing)}")
    symbols = (
        f'<symbol id="{name}" viewBox="0 0 24 24">{drawing(path)}</symbol>' for name, path in sorted(found.items())
    )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    (HERE / "sprite.svg").write_text(sprite(Path(sys.argv[1])))
