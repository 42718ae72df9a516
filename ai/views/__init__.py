"""The AI's own pages."""
