"""Importing boards from other tools."""
