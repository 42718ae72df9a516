"""Prompts: what the code ships, and what the operator makes of it."""

import json
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from ..models import Prompt, PromptVersion

SHIPPED = Path(__file__).parent.parent / "prompts"
State = PromptVersion.State


def sync_prompts(using: str = "default") -> None:
    """The code's own wordings, after each migration: a new or changed one becomes the next version, and is active unless the operator has chosen another."""
    for path in sorted(SHIPPED.glob("*.toml")):
        _ship(path.stem, tomllib.loads(path.read_text()), using)


def _ship(purpose: str, shipped: dict[str, Any], using: str) -> None:
    wording = {name: shipped.get(name, plain) for name, plain in PLAIN.items()}
    wording["schema"] = json.loads(wording["schema"] or "{}")
    with transaction.atomic(using=using):
        prompt, _ = Prompt.objects.using(using).update_or_create(
            purpose=purpose, defaults={"description": shipped["description"]}
        )
        versions = prompt.versions.using(using).select_for_update().order_by("-number")
        ours = [row for row in versions if row.created_by_id is None]
        if ours and all(getattr(ours[0], name) == value for name, value in wording.items()):
            return
        active = next((row for row in versions if row.state == State.ACTIVE), None)
        takes_over = active is None or active.created_by_id is None
        if active and takes_over:
            versions.filter(pk=active.pk).update(state=State.ARCHIVED)
        newest = versions[0].number if versions else 0
        PromptVersion(
            prompt=prompt, number=newest + 1, state=State.ACTIVE if takes_over else State.DRAFT, note="shipped with FlowBoard", **wording,
        ).save(using=using)  # fmt: skip


PLAIN: dict[str, Any] = {"system": "", "template": "", "schema": "", "max_output": 1500}
