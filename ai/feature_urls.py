"""Addresses of what the AI does with tasks: pages, and REST."""

from django.urls import path

from .api.analysis import AskProject
from .api.breakdown import Breakdown
from .api.rescheduling import Reschedule, RescheduleWords
from .api.triage import Triage, TriageAnswer
from .views import analysis, breakdown, rescheduling, triage

P, T = "w/<slug:workspace>/p/<slug:key>/", "w/<slug:workspace>/t/<slug:ref>/"
BASE = "api/v1/workspaces/<slug:workspace>/ai/"

urlpatterns = [
    path(f"{T}breakdown/", breakdown.break_task, name="ai_break_task"),
    path(f"{P}breakdown/", breakdown.break_text, name="ai_break_text"),
    path(f"{T}triage/", triage.triage, name="ai_triage"),
    path(f"{P}reschedule/", rescheduling.reschedule, name="reschedule"),
    path(f"{P}reschedule/words/", rescheduling.words, name="reschedule_words"),
    path(f"{BASE}reschedule/", Reschedule.as_view()),
    path(f"{BASE}reschedule/words/", RescheduleWords.as_view()),
    path(f"{P}insights/ask/", analysis.ask, name="ai_ask"),
    path("w/<slug:workspace>/ai/runs/<uuid:ai_run>/answer/", analysis.analysis, name="ai_analysis"),
    path(f"{BASE}ask/", AskProject.as_view()),
    path(f"{BASE}breakdown/", Breakdown.as_view()),
    path(f"{BASE}triage/", Triage.as_view()),
    path(f"{BASE}triage/answer/", TriageAnswer.as_view()),
]
