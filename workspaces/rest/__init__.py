"""What every REST endpoint shares: JSON in and out, problems, pages, idempotency."""
