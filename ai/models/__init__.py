"""Who may ask the AI, whom we ask, what was used, and what we ask with."""

from .meanings import MeaningCursor, TaskMeaning
from .metering import AIAnswer, AIBudget, AIReservation, AIUsage
from .prompts import ModelPrice, Prompt, PromptCase, PromptTrial, PromptVersion
from .runs import AIRun, Proposal
from .settings import AIChoice, AIConnection, AISettings
from .triage import TriageVerdict

__all__ = [
    "AIAnswer",
    "AIBudget",
    "AIChoice",
    "AIConnection",
    "AIReservation",
    "AIRun",
    "AISettings",
    "AIUsage",
    "MeaningCursor",
    "ModelPrice",
    "Prompt",
    "PromptCase",
    "PromptTrial",
    "PromptVersion",
    "Proposal",
    "TaskMeaning",
    "TriageVerdict",
]
