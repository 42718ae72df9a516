"""What the record tells of plans and payment."""

from typing import Any

from workspaces.events import define

STATUS = {
    "none": "no subscription", "trialing": "in trial", "active": "paid", "past_due": "the payment failed", "unpaid": "not paid",
    "incomplete": "the first payment is under way", "canceled": "ended",
}  # fmt: skip


def _updated(row: Any) -> str:
    """has the plan pro, paid: 3 seats, monthly"""
    after = row.after
    said = [STATUS.get(after["status"], after["status"])]
    if "seats" in after:
        said.append(f"{after['seats']} seat{'' if after['seats'] == 1 else 's'}")
    if "interval" in after:
        said.append("yearly" if after["interval"] == "year" else "monthly")
    if "cancel_at_period_end" in after:
        said.append("ends with the period" if after["cancel_at_period_end"] else "goes on after the period")
    return f"changed the subscription to {after['plan'] or 'another plan'}: {', '.join(said)}"


def _overage(row: Any) -> str:
    if not row.after["overage"]:
        return "switched AI beyond the plan off"
    return f"switched AI beyond the plan on, for at most {row.after['cap']:,} tokens a month"


define("billing:trial_started", "began a trial of {after[plan]} until {after[until]:.10}", audience="managers", webhook=False)  # fmt: skip
define("billing:trial_granted", "gave a trial of {after[plan]} until {after[until]:.10}: “{after[reason]}”", audience="managers", webhook=False)  # fmt: skip
define("billing:trial_ended", "saw the trial of {before[plan]} end", audience="managers", webhook=False)
define("billing:checkout_started", "went to pay for {after[plan]}: {after[seats]} seats", audience="managers", webhook=False)  # fmt: skip
define("billing:updated", _updated, audience="managers", webhook=False)
define("billing:overage_changed", _overage, audience="managers", webhook=False)
define("billing:grace_ended", "lost the plan {before[plan]}: it was not paid in time", audience="managers", webhook=False)  # fmt: skip
