"""The Jinja2 environment that draws cards (docs/adr/0003)."""

from typing import Any

from django.templatetags.static import static
from jinja2 import Environment


def environment(**options: Any) -> Environment:
    """Autoescaping, no localisation: dates and numbers come as strings."""
    made = Environment(**{**options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True})
    made.globals["static"] = static
    return made
