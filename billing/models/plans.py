"""What is sold: prices, limits, and what else a plan includes. Edited in the back-office; global, of no workspace."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from workspaces import plans

LIMITS = ("seats", "projects", "per_person", "per_token", "per_workspace", "ai_tokens", "guests", "history_days", "automation_runs")  # fmt: skip
MEGABYTE = 1024**2


class Plan(models.Model):
    """One plan. An empty limit means as many as you like; an empty price, that nobody buys it by themself."""

    key = models.SlugField(max_length=20, unique=True, help_text="how programs and the setting PLAN name it")
    name = models.CharField(max_length=40)
    sentence = models.CharField(max_length=120, blank=True, help_text="whom it is for")
    order = models.PositiveSmallIntegerField(default=0)
    shown = models.BooleanField(default=True, help_text="on the pricing page")
    month_cents = models.PositiveIntegerField("price a seat, monthly", null=True, blank=True, help_text="cents a month")
    year_cents = models.PositiveIntegerField("price a seat, yearly", null=True, blank=True, help_text="cents a year")
    currency = models.CharField(max_length=3, default="usd")
    seats = models.PositiveIntegerField(null=True, blank=True)
    guests = models.PositiveIntegerField(null=True, blank=True, help_text="for each seat that is taken")
    projects = models.PositiveIntegerField(null=True, blank=True)
    storage_mb = models.PositiveIntegerField("storage", null=True, blank=True, help_text="megabytes")
    ai_tokens = models.BigIntegerField(null=True, blank=True, help_text="a month; empty: the setting AI_TOKENS")
    per_person = models.PositiveIntegerField(help_text="requests of the API in a minute by one person")
    per_token = models.PositiveIntegerField(help_text="the same by one access token")
    per_workspace = models.PositiveIntegerField(help_text="the same of the whole workspace")
    history_days = models.PositiveIntegerField(
        "days of the feed",
        null=True,
        blank=True,
        help_text="that the activity feed goes back; the record itself is kept",
    )
    automation_runs = models.PositiveIntegerField(null=True, blank=True, help_text="a month")
    includes = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, help_text="further lines of the pricing page"
    )
    stripe_month = models.CharField("Stripe price, monthly", max_length=255, blank=True)
    stripe_year = models.CharField("Stripe price, yearly", max_length=255, blank=True)
    stripe_ai = models.CharField("Stripe price of AI beyond the plan", max_length=255, blank=True, help_text="metered")
    ai_million_cents = models.PositiveIntegerField(
        "price of AI beyond the plan", null=True, blank=True, help_text="cents for a million tokens"
    )

    class Meta:
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def prices(self) -> dict[str, str]:
        """Interval → Stripe's price, of what can be bought."""
        found = {"month": self.stripe_month, "year": self.stripe_year}
        return {interval: price for interval, price in found.items() if price}

    def cents(self, interval: str) -> int | None:
        """What a seat costs for a `month` or a `year`."""
        return self.year_cents if interval == "year" else self.month_cents

    def limits(self) -> plans.Plan:
        """As limits are asked."""
        storage = None if self.storage_mb is None else self.storage_mb * MEGABYTE
        return plans.Plan(self.name, storage=storage, **{name: getattr(self, name) for name in LIMITS})
