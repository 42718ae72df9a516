"""What the back-office keeps of its own."""
