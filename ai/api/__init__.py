"""The AI for programs: …/ai/."""
