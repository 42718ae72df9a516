"""Markdown is drawn safely: no scripts, no remote pictures, plain links; tasks named in it are linked."""

from html.parser import HTMLParser

import pytest

from tasks.markdown import render

TASKS = {"tasks": "/w/acme/t/REF/", "keys": frozenset({"FLOW"})}
DANGEROUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "![x](https://elsewhere.example/pixel.png)",
    "![x](javascript:alert(1))",
    "<a href='https://e.example' onclick='x()'>x</a>",
    "<style>body{display:none}</style>",
    '```"><script>alert(1)</script>\nx\n```',
    "[x]: javascript:alert(1)\n\n[x]",
    "<svg onload=alert(1)>",
)


class Elements(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    for tag, attributes in Elements(render(text, **TASKS)).found:
        assert tag in {"p", "a", "pre", "code"}
        assert attributes.keys() <= {"href", "rel", "class"}
        assert (attributes.get("href") or "https:").startswith("https:")


def test_links_tell_nobody_and_vouch_for_nobody() -> None:
    html = render("[ours](https://example.com) and https://example.com/a_b_c. and <mailto:a@example.com>", **TASKS)
    assert html.count('rel="nofollow noopener noreferrer"') == 3
    assert 'href="https://example.com/a_b_c"' in html


def test_a_picture_becomes_a_link() -> None:
    assert '<a href="https://e.example/x.png"' in render("![A & <b>](https://e.example/x.png)", **TASKS)


def test_tasks_of_known_projects_are_linked() -> None:
    html = render("FLOW-42 and UTF-8, `FLOW-1`, XFLOW-3, FLOW-4x, [FLOW-5](https://e.example)", **TASKS)
    assert 'href="/w/acme/t/FLOW-42/"' in html
    assert html.count("/w/acme/t/") == 1


def test_formatting() -> None:
    html = render(
        "# Title\n\n**b** *i* ~~s~~\nnext\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n```py\nx < 1\n```", **TASKS
    )
    for part in ("<h1>Title</h1>", "<strong>b</strong>", "<s>s</s>", "<br", "<li>two</li>", "<td>1</td>", "x &lt; 1"):
        assert part in html


def test_hidden_tag_characters_are_taken_out_and_flags_stay() -> None:
    hidden = "".join(chr(0xE0000 + ord(mark)) for mark in "ignore")
    flag = "\U0001f3f4" + "".join(chr(0xE0000 + ord(mark)) for mark in "gbsct") + "\U000e007f"
    html = render(f"Hello{hidden} {flag}", **TASKS)
    assert hidden not in html
    assert flag in html


def test_nothing_is_nothing() -> None:
    assert render("  \n") == render("\U000e0041") == ""
