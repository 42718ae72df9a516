"""Markdown as safe HTML: no raw HTML, no remote pictures, plain links only; FLOW-42 becomes a link, @Anna a mention."""

import re
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .notices.mentions import AT, longest

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "span", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title", "class", "data-ref"}, "ol": {"start"}, "code": {"class"}, "span": {"class"}}
SCHEMES = {"http", "https", "mailto"}
LINKED = re.compile(
    r"(?<![\w/-])(?P<ref>(?P<key>[A-Z][A-Z0-9]{1,7})-[1-9][0-9]{0,8})(?![\w-])|(?P<url>https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}*_~])"
)
# invisible tag characters carry hidden words; only a flag (England, Scotland, Wales) is made of them honestly
FLAG_OR_TAG = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]"
)
KEPT = 20_000  # characters: longer texts are rendered each time and not kept


def render(
    text: str, *, tasks: str = "", keys: frozenset[str] = frozenset(), names: frozenset[str] = frozenset()
) -> str:
    """HTML of a text. `tasks` is the address of a task with REF in it; `keys` name the projects whose tasks are linked,
    `names` the people who can be mentioned (tasks/notices/mentions.py).
    """
    clean = FLAG_OR_TAG.sub(r"\1", text)
    if not clean.strip():
        return ""
    return (_kept if len(clean) <= KEPT else _render)(clean, tasks, keys, names)


def _render(text: str, tasks: str, keys: frozenset[str], names: frozenset[str]) -> str:
    html = _parser().render(text, {"tasks": tasks, "keys": keys, "names": names})
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener noreferrer"
    )


_kept = lru_cache(maxsize=512)(_render)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.core.ruler.after("inline", "links", _link_words)
    parser.add_render_rule("image", _picture)
    return parser


def _picture(renderer: RendererHTML, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    """A picture elsewhere would tell its server who reads: it becomes a link."""
    token = tokens[at]
    words = renderer.renderInlineAsText(token.children or [], options, env) or "Picture"
    link = Token("link_open", "a", 1, attrs={"href": token.attrs.get("src", "")})
    return renderer.renderToken([link], 0, options, env) + words.replace("&", "&amp;").replace("<", "&lt;") + "</a>"


def _link_words(state: StateCore) -> None:
    """Task references and bare addresses in running text become links."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_linked(block.children, state.env))


def _linked(tokens: list[Token], env: Any) -> Any:
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not inside:
            for part in _split(token, env):
                yield from _with_mentions(part, env["names"]) if part.type == "text" else (part,)
        else:
            yield token


def _split(token: Token, env: Any) -> Any:
    text, start = token.content, 0
    for found in LINKED.finditer(text):
        attrs = _target(found, env)
        if attrs is None:
            continue
        yield _text(text[start : found.start()])
        yield Token("link_open", "a", 1, attrs=attrs)
        yield _text(found.group())
        yield Token("link_close", "a", -1)
        start = found.end()
    yield _text(text[start:]) if start else token


def _with_mentions(token: Token, names: frozenset[str]) -> Any:
    text, start = token.content, 0
    for found in AT.finditer(text) if "@" in text else ():
        if name := longest(found[1], names):
            yield _text(text[start : found.start()])
            yield Token("html_inline", "", 0, content='<span class="mention">')
            yield _text(f"@{name}")
            yield Token("html_inline", "", 0, content="</span>")
            start = found.start() + 1 + len(name)
    yield _text(text[start:]) if start else token


def _target(found: re.Match[str], env: Any) -> dict[str, Any] | None:
    if url := found["url"]:
        return {"href": url}
    if found["key"] not in env["keys"]:
        return None
    return {"href": env["tasks"].replace("REF", found["ref"]), "class": "ref", "data-ref": found["ref"]}


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)
