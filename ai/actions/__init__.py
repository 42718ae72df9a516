"""What writes in the AI's tables."""
