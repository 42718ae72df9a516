"""The latest answer about a project, on its Insights."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from ..models import AIRun

register = template.Library()
SHOWN_FOR = timedelta(hours=1)


@register.inclusion_tag("ai/_analysis.html", takes_context=True)
def latest_analysis(context: Context) -> dict[str, Any]:
    """One's own, while it is under way and for an hour."""
    by, key = context["request"].by, context["project"].key
    rows = AIRun.objects.within(by.workspace).filter(user=by.user, kind="analyse", inputs__project=key)
    run = rows.filter(created_at__gt=timezone.now() - SHOWN_FOR).order_by("-created_at").first()
    return {"run": run, "key": key, "frame": context["frame"], "csrf_token": context.get("csrf_token")}
