"""Billing for programs."""
