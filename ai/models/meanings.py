"""What a task's title means, as numbers: made by a worker (ai/meaning.py), compared by PostgreSQL."""

from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast

from tasks.models import Task
from workspaces.constraints import TenantForeignKey
from workspaces.models import TENANT, TenantModel

WIDTH = 512


class Bits(models.Field):  # type: ignore[type-arg]
    """The signs of a vector's numbers, as `bit(512)`; in Python a text of 0 and 1."""

    def db_type(self, connection: Any) -> str:
        return f"bit({WIDTH})"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return f"%s::bit({WIDTH})"


class TaskMeaning(TenantModel):
    """Of one task: `vector` is 512 signed bytes, whose length tells nothing; `bits` their signs, to look through many at once."""

    task = models.ForeignKey(Task, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    bits = Bits()
    vector = models.BinaryField()

    class Meta:
        constraints = [
            *TENANT,
            TenantForeignKey(field="task", name="taskmeaning_task_tenant"),
            models.UniqueConstraint(fields=["workspace", "task"], name="taskmeaning_once"),
        ]

    def __str__(self) -> str:
        return str(self.task_id)


class MeaningCursor(TenantModel):
    """Up to which row of the record the workspace's titles have been read."""

    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [*TENANT, models.UniqueConstraint(fields=["workspace"], name="meaningcursor_once")]

    def __str__(self) -> str:
        return f"{self.workspace_id} read up to {self.seq}"


def apart(bits: str) -> Any:
    """How many signs differ: the fewer, the nearer."""
    difference = models.Func(
        F("bits"), Cast(Value(bits), Bits()), template="bit_count(%(expressions)s)", arg_joiner=" # ",
        output_field=models.IntegerField(),
    )  # fmt: skip
    return difference
