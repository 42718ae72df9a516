"""What the pages of billing are drawn from."""
