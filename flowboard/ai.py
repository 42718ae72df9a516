"""Settings of the AI: whom workspaces without a key of their own ask (ai/connections.py)."""

import environ

env = environ.Env()

AI_PROVIDER = env("AI_PROVIDER", default="")
AI_BASE_URL = env("AI_BASE_URL", default="")
AI_MODEL = env("AI_MODEL", default="")
AI_API_KEY = env("AI_API_KEY", default="")
AI_FALLBACK_PROVIDER = env("AI_FALLBACK_PROVIDER", default="")
AI_FALLBACK_BASE_URL = env("AI_FALLBACK_BASE_URL", default="")
AI_FALLBACK_MODEL = env("AI_FALLBACK_MODEL", default="")
AI_FALLBACK_API_KEY = env("AI_FALLBACK_API_KEY", default="")
AI_TIMEOUT = env.int("AI_TIMEOUT", default=30)
AI_DEADLINE = env.int("AI_DEADLINE", default=60)
# seconds for a whole answer with all that may be waited for: realtime ends it then
ANSWER_LONGEST = max(180, 3 * AI_DEADLINE + 10)
# tokens a month of a workspace whose plan sets no limit; 0: none
AI_TOKENS = env.int("AI_TOKENS", default=0)

# likely duplicates by what titles mean: a worker makes vectors of them (ai/meaning.py)
SIMILAR_BY_MEANING = env.bool("SIMILAR_BY_MEANING", default=True)

# jobs of the AI wait for nobody else's
CELERY_TASK_ROUTES = {name: {"queue": "ai"} for name in ("ai.jobs.perform_run", "ai.jobs.try_versions")}
# below warnings they tell of requests, whose texts are people's
WORDY = ("openai", "anthropic", "httpx2", "httpcore2")
# in the API's document
ENUM_NAMES = {
    "AIBudgetKind": "ai.api.settings.BUDGETS",
    "AIProvider": "ai.api.connections.KIND_NAMES",
    "AICheckState": "ai.probing.STATES",
}
