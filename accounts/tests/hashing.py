"""Imported by the tests and by the servers that they start: Argon2, which is slow on purpose, at its least."""

from django.contrib.auth.hashers import Argon2PasswordHasher

Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
