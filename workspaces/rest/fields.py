"""Input as strict as the schema says: unknown fields and wrong types are refused, never guessed at."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.settings import api_settings

BIGGEST_INTEGER = 2**31 - 1
NAMED = 1000  # unknown fields that a refusal names one by one: as many as other bodies may have


class Strict(serializers.Serializer[Any]):
    """A JSON object with the named fields and no others."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: ["Send a JSON object."]})
        faults = unknown([name for name in data if name not in self._known()])
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **faults}) from error  # type: ignore[dict-item]
        if faults:
            raise ValidationError(faults)
        return dict(values)

    def _known(self) -> set[str]:
        return {name for name, field in self.fields.items() if not field.read_only}


def unknown(names: Sequence[str]) -> dict[str, list[str]]:
    """The faults of fields that there are not; whoever sends 100,000 of them is not answered with as many."""
    faults = {name[:80]: ["There is no such field."] for name in names[:NAMED]}
    more = len(names) - NAMED
    return faults | ({api_settings.NON_FIELD_ERRORS_KEY: [f"There are {more:,} more such fields."]} if more > 0 else {})


class Nothing(Strict):
    """Where there is nothing to say."""


class Text(serializers.CharField):
    """Only a string is text: 5 is not "5"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError("This must be text.")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """Only a JSON integer: "5", 5.0 and true are not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": BIGGEST_INTEGER, **options})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise ValidationError("This must be a whole number.")
        return data


class Number(serializers.FloatField):
    """Only a JSON number: "5" and true are not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, **options})

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise ValidationError("This must be a number.")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """Only true and false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise ValidationError("This must be true or false.")
        return data


class Id(serializers.UUIDField):
    """Only a UUID as text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise ValidationError("This must be an id (a UUID).")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise ValidationError("This must be text.")
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A date such as 2026-12-31."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise ValidationError("This must be a date such as 2026-12-31.")
        return super().to_internal_value(data)


class Words(serializers.ListField):
    """A list of short texts: ids, names or references."""

    def __init__(self, *, most: int, longest: int = 254, **options: Any) -> None:
        super().__init__(child=Text(max_length=longest), max_length=most, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list):
            raise ValidationError("This must be a list.")
        if self.max_length is not None and len(data) > self.max_length:  # before a million children are looked at
            raise ValidationError(f"At most {self.max_length} fit.")
        return super().to_internal_value(data)
