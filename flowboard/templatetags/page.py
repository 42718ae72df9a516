"""What every template draws: an icon, an avatar, the import map, the time ago."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.times import ago, since
from workspaces import panels

register = template.Library()

VENDOR_MODULES = {"idiomorph": "vendor/idiomorph/idiomorph.esm.js"}


@register.simple_tag
def icon(name: str, extra: str = "", label: str = "") -> SafeString:
    """One icon of the sprite; without a label it is decoration to a screen reader."""
    return _icon(name, extra, label)


@lru_cache(maxsize=2048)  # a page has some two hundred, mostly the same
def _icon(name: str, extra: str, label: str) -> SafeString:
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    classes = f"icon {extra}".strip()
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"></use></svg>', classes, named, static("icons/sprite.svg"), name
    )


@register.simple_tag
def avatar(person: Any, size: str = "", square: bool = False) -> SafeString:
    """The face of a person or a workspace: picture, or initials on a colour of their own."""
    if not person:
        return format_html(
            '<span class="avatar avatar-none {}" aria-hidden="true"></span>', f"avatar-{size}" if size else ""
        )
    classes = " ".join(filter(None, [f"avatar-{size}" if size else "", "avatar-square" if square else ""]))
    if url := _fact(person, "avatar_url"):
        inner = format_html('<img src="{}" alt="" loading="lazy">', url)
    else:
        inner = format_html("{}", _fact(person, "initials") or "?")
    color = _fact(person, "color")
    return format_html(
        '<span class="avatar avatar-c{} {}" aria-hidden="true">{}</span>', 8 if color == "" else color, classes, inner
    )


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str) -> SafeString:
    """What the apps above put in this place (workspaces/panels.py), where the frame says that the reader has it."""
    frame, engine = context.get("frame") or {}, context.template.engine  # type: ignore[union-attr]
    drawn = (engine.get_template(template).render(context) for fact, template in panels.slot(name) if frame.get(fact))
    return mark_safe("".join(drawn))


def _fact(thing: Any, name: str) -> Any:
    found = thing.get(name, "") if isinstance(thing, Mapping) else getattr(thing, name, "")
    return "" if found is None else found


@register.simple_tag(takes_context=True)
def importmap(context: Context) -> SafeString:
    """Bare module names to their addresses, so that modules import each other by name and stay cacheable for ever."""
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(_map()))


def _map() -> str:
    return _read_map() if settings.DEBUG else _kept_map()


@lru_cache(maxsize=1)
def _kept_map() -> str:
    return _read_map()


def _read_map() -> str:
    own = {
        f"app/{path.stem}": f"js/{path.name}"
        for path in sorted((Path(settings.BASE_DIR) / "static" / "js").glob("*.js"))
    }
    imports = {name: static(path) for name, path in {**VENDOR_MODULES, **own}.items()}
    return json.dumps({"imports": imports}).replace("<", "\\u003c")


register.filter("ago", ago)
register.filter("since", since)  # `last` is Django's own
