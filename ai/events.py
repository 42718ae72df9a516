"""What the record tells of the AI's settings: to who reads the audit page, so that nobody who has it off reads of it elsewhere."""

from typing import Any

from workspaces.events import define

NAMES = {
    "enabled": ("switched the AI on", "switched the AI off"), "guests": ("let guests use the AI", "no longer lets guests use the AI"),
    "keep_texts": ("had what is asked of the AI kept", "no longer has what is asked of the AI kept"),
}  # fmt: skip


def _updated(row: Any) -> str:
    """switched the AI on, keeps texts for 60 days"""
    told = [NAMES[name][0 if row.after[name] else 1] for name in NAMES if name in row.after]
    if "keep_days" in row.after:
        told.append(f"keeps texts for {row.after['keep_days']} days")
    if "own_tokens" in row.after:
        limit = row.after["own_tokens"]
        told.append(
            f"set the limit for keys of one's own to {limit:,} tokens a month"
            if limit
            else "took away the limit for keys of one's own"
        )
    return ", ".join(told)


define("ai:updated", _updated, audience="audit", webhook=False)
define("ai:connection_added", "added the model {subject}: {after[model]}", audience="audit", webhook=False)
define("ai:connection_updated", "changed the model {subject}", audience="audit", webhook=False)
define("ai:connection_moved", "changed the place of the model {subject}", audience="audit", webhook=False)
define("ai:connection_removed", "removed the model {subject}", audience="audit", webhook=False)
