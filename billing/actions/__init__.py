"""What writes in the tables of billing."""
