"""The app of the back-office: what the staff opens each morning. It reads all others, and none of them knows it."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "Operations"
