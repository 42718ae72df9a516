"""Two versions of a prompt beside each other."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff

from workspaces.rules import as_uuid

from ..models import PromptCase, PromptTrial, PromptVersion

PATIENCE = 900  # seconds after which nobody waits for trials any more
Row = tuple[PromptCase, list[PromptTrial | None]]


@dataclass(frozen=True)
class Sums:
    """Of all cases that a version has answered."""

    cases: int
    faults: int
    tokens: int
    latency_ms: int | None
    cost_micros: int | None


@dataclass(frozen=True)
class Comparison:
    """`rows` are a case and what each of the two made of it; `done` of `asked` trials are over of those that were asked for last."""

    versions: list[PromptVersion]
    others: list[PromptVersion]
    rows: list[Row]
    sums: list[Sums]
    changed: str
    done: int
    asked: int
    running: bool


def comparison(version: PromptVersion, other: str, *, since: str = "") -> Comparison:
    """With the version whose id is given; else with the active one, or the one before. `since`: when trials were asked for, in seconds of 1970."""
    others = list(version.prompt.versions.exclude(pk=version.pk).select_related("prompt"))
    second = _second(others, other)
    versions = [second, version] if second else [version]
    rows = _rows(versions)
    trials = [trial for _, pair in rows for trial in pair]
    began = moment(int(since)) if since.isdecimal() and len(since) < 12 else None
    done = sum(bool(trial) and trial.created_at >= began for trial in trials) if began else 0
    waits = began is not None and time.time() - began.timestamp() < PATIENCE
    sums = [_sums([pair[place] for _, pair in rows]) for place in range(len(versions))]
    asked = len(trials) if began else 0
    return Comparison(versions, others, rows, sums, _changed(versions), done, asked, waits and done < asked)


def untried(version_ids: list[str], since: int) -> tuple[PromptVersion, PromptCase] | None:
    """The next of these versions and its prompt's cases without a trial since then."""
    versions = list(PromptVersion.objects.filter(pk__in=version_ids).select_related("prompt"))
    rows = PromptTrial.objects.filter(version__in=versions, created_at__gte=moment(since))
    tried = set(rows.values_list("version_id", "case_id"))
    for version in versions:
        for case in version.prompt.cases.all():
            if (version.pk, case.pk) not in tried:
                return version, case
    return None


def moment(seconds: int) -> datetime:
    """Of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _second(others: list[PromptVersion], said: str) -> PromptVersion | None:
    chosen = as_uuid(said)
    found = next((one for one in others if one.pk == chosen), None)
    active = (one for one in others if one.state == PromptVersion.State.ACTIVE)
    return found or next(active, None) or next(iter(others), None)


def _rows(versions: list[PromptVersion]) -> list[Row]:
    trials = {
        (one.case_id, one.version_id): one
        for one in PromptTrial.objects.filter(version__in=versions).order_by("created_at")
    }
    return [(case, [trials.get((case.pk, one.pk)) for one in versions]) for case in versions[-1].prompt.cases.all()]


def _sums(trials: list[PromptTrial | None]) -> Sums:
    done = [one for one in trials if one]
    costs = [one.cost_micros for one in done if one.cost_micros is not None]
    latency = sum(one.latency_ms for one in done) // len(done) if done else None
    tokens = sum(one.input_tokens + one.output_tokens for one in done)
    return Sums(len(done), sum(bool(one.fault) for one in done), tokens, latency, sum(costs) if costs else None)


def _changed(versions: list[PromptVersion]) -> str:
    """What stands in the one and not in the other, line by line."""
    before, after = (_wording(one) for one in (versions[0], versions[-1]))
    found: list[str] = []
    for name in before:
        found += unified_diff(
            before[name].splitlines(), after[name].splitlines(), f"{name} {versions[0].number}", f"{name} {versions[-1].number}",
            lineterm="", n=1,
        )  # fmt: skip
    return "\n".join(found)


def _wording(version: PromptVersion) -> dict[str, str]:
    schema = json.dumps(version.schema, indent=2, ensure_ascii=False) if version.schema else ""
    return {
        "system": version.system,
        "template": version.template,
        "schema": schema,
        "max_output": str(version.max_output),
    }
