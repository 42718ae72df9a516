"""What a question to the AI may be refused with, in words that say the way out."""

from workspaces.errors import Forbidden, Refused


class Off(Forbidden):
    """The AI is off for this workspace or this person."""


class OverBudget(Refused):
    """The month's tokens are used up, or held for calls under way."""

    status = 402
    members = {"type": "urn:flowboard:ai-budget"}


class NoModel(Refused):
    """Nobody has said which model to ask."""

    status = 409


class ModelDown(Refused):
    """None of the models answered in time."""

    status = 503
    headers = {"Retry-After": "30"}


class BadAnswer(Refused):
    """The model answered something else than was asked for, twice."""

    status = 502


UNANSWERED = (OverBudget, NoModel, ModelDown, BadAnswer)  # where a feature's way without a model takes over
