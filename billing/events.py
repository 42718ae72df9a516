"""What the record tells of plans and payment."""
