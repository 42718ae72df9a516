"""Prompts: what the code ships, and what the operator makes of it."""

import json
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from workspaces.errors import Refused

from ..models import Prompt, PromptTrial, PromptVersion

SHIPPED = Path(__file__).parent.parent / "prompts"
State = PromptVersion.State
PLAIN: dict[str, Any] = {"system": "", "template": "", "schema": "", "max_output": 1500}


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


def draft_version(of: PromptVersion, *, staff: User) -> PromptVersion:
    """A draft that begins as a copy of another version."""
    with transaction.atomic():
        prompt = Prompt.objects.select_for_update().get(pk=of.prompt_id)
        newest = prompt.versions.aggregate(newest=Max("number"))["newest"]
        wording = {name: getattr(of, name) for name in PLAIN}
        row = PromptVersion(prompt=prompt, number=newest + 1, note=f"from {of.number}", created_by=staff, **wording)
        row.save(force_insert=True)
    return row


def edit_draft(version: PromptVersion) -> PromptVersion:
    """Keep what was typed. What is active or was is left as it was used: raises Refused."""
    fit_schema(version.schema)
    with transaction.atomic():
        held = PromptVersion.objects.select_for_update().get(pk=version.pk)
        if held.state != State.DRAFT:
            raise Refused("Only a draft can be changed: make a new draft from this version.")
        version.save(update_fields=[*PLAIN, "note"])
    return version


def fit_schema(schema: Any) -> Any:
    """A JSON Schema, or {} for plain text. Raises Refused with what is wrong with it."""
    from jsonschema import Draft202012Validator, SchemaError

    if not isinstance(schema, dict):
        raise Refused("The schema is a JSON object; {} where the answer is plain text.", "schema")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as wrong:
        raise Refused(f"That is no JSON Schema: {wrong.message[:200]}", "schema") from None
    return schema


def activate_version(version: PromptVersion) -> PromptVersion:
    """From the next question on it is this wording; activating an older one is the way back."""
    with transaction.atomic():
        Prompt.objects.select_for_update().get(pk=version.prompt_id)
        others = PromptVersion.objects.filter(prompt_id=version.prompt_id, state=State.ACTIVE)
        others.exclude(pk=version.pk).update(state=State.ARCHIVED)
        PromptVersion.objects.filter(pk=version.pk).update(state=State.ACTIVE)
    version.refresh_from_db()
    return version


def note_trial(trial: PromptTrial) -> PromptTrial:
    """What a version made of a case; its last trial alone counts."""
    with transaction.atomic():
        PromptTrial.objects.filter(case=trial.case, version=trial.version).delete()
        trial.save(force_insert=True)
    return trial
