"""What the pages of this folder answer to a form: a page or its part with the errors, or on to the next page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from ..errors import Refused
from ..pages import done
from ..spine import current_act


def blame(form: forms.Form, no: Refused) -> None:
    """Put an action's refusal beside the field that it names."""
    form.add_error(no.field if no.field in form.fields else None, no.words)


def wrong(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """The form again, with what is wrong: 422, so that the door undoes everything."""
    return render(request, template, context, status=422)


def onward(request: HttpRequest, to: str, *args: Any) -> HttpResponse:
    """After a change that leads to another page."""
    response = redirect(to, *args)
    return HttpResponseClientRedirect(response["Location"]) if request.headers.get("HX-Request") else response


def finished(request: HttpRequest, to: str, *args: Any, **told: Any) -> HttpResponse:
    """After a change that stays on its page: a toast; without htmx the page again."""
    if request.headers.get("HX-Request"):
        return done(request, **told)
    act = current_act()
    if words := told.get("sentence") or (act.sentence if act else ""):
        messages.success(request, words)
    return redirect(to, *args)
