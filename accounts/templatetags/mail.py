"""Where mails go on a machine that sends none."""

from django import template
from django.conf import settings

register = template.Library()
NOWHERE = {
    "django.core.mail.backends.console.EmailBackend": "This server sends no mail: it prints it in its own window.",
    "django.core.mail.backends.filebased.EmailBackend": "This server sends no mail: it keeps it in the folder {folder}.",
}


@register.simple_tag
def mail_whereabouts() -> str:
    """A sentence for whoever runs FlowBoard on their own machine, "" where mail is really sent."""
    words = NOWHERE.get(settings.EMAIL_BACKEND, "")
    return words.format(folder=getattr(settings, "EMAIL_FILE_PATH", "") or "")
