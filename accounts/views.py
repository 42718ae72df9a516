"""Pages about oneself: the profile, and the pictures of people."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event
from django_ratelimit.core import is_ratelimited

from . import actions, avatars
from .forms import AboutForm, ThemeForm

IMMUTABLE = "private, max-age=31536000, immutable"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, picture, time zone, theme; what is posted is one part of it."""
    if request.method != "POST":
        return _page(request, about=_about(request))
    part = request.headers.get("X-Part") or request.POST.get("part", "")
    if part not in PARTS:
        return _refused(request, "part", "Say which part of the profile to change.")
    return PARTS[part](request)


def _save_about(request: HttpRequest) -> HttpResponse:
    form = AboutForm(request.POST)
    if not form.is_valid():
        return _page(request, about=form, status=422)
    actions.update_profile(request.user, **form.cleaned_data)
    return _done(request, "Profile saved")


def _save_theme(request: HttpRequest) -> HttpResponse:
    form = ThemeForm({"theme": request.POST.get("theme") or "system"})
    if not form.is_valid():
        return _refused(request, "theme", "The theme is light, dark or system.")
    actions.choose_theme(request.user, theme=form.cleaned_data["theme"])
    return HttpResponse(status=204)


def _save_keys(request: HttpRequest) -> HttpResponse:
    if request.POST.get("single_keys") not in ("0", "1"):
        return _refused(request, "single_keys", "Single keys are on (1) or off (0).")
    actions.switch_keys(request.user, single_keys=request.POST["single_keys"] == "1")
    return HttpResponse(status=204)


def _save_picture(request: HttpRequest) -> HttpResponse:
    upload = request.FILES.get("picture")
    if upload is None or not upload.size:
        return _refused(request, "picture", "Choose a picture first.")
    if upload.size > avatars.MOST_BYTES:
        return _refused(request, "picture", f"The picture is larger than {avatars.MOST_BYTES // 1024 // 1024} MB.")
    try:
        picture = avatars.portrait(upload)
    except avatars.NotAPicture as no:
        return _refused(request, "picture", str(no))
    actions.set_avatar(request.user, picture=picture)
    return _done(request, "New picture saved")


def _fetch_picture(request: HttpRequest) -> HttpResponse:
    """From a web address; a few times a minute, for each try asks a machine elsewhere and holds a thread of ours."""
    url = request.POST.get("address", "").strip()
    if not url:
        return _refused(request, "address", "Write the address of a picture first.")
    if is_ratelimited(request, "picture-address", key="user", rate="6/m", increment=True):
        return _refused(request, "address", "That was tried too often: wait a minute.")
    try:
        picture = avatars.portrait_from(url)
    except avatars.NotAPicture as no:
        return _refused(request, "address", str(no))
    actions.set_avatar(request.user, picture=picture)
    return _done(request, "New picture saved")


def _remove_picture(request: HttpRequest) -> HttpResponse:
    actions.remove_avatar(request.user)
    return _done(request, "Picture removed")


PARTS = {
    "about": _save_about, "theme": _save_theme, "keys": _save_keys, "picture": _save_picture, "no-picture": _remove_picture,
    "picture-address": _fetch_picture,
}  # fmt: skip


def _about(request: HttpRequest) -> AboutForm:
    user = request.user
    return AboutForm(initial={"name": user.name, "time_zone": user.time_zone, "single_keys": user.single_keys})


def _page(request: HttpRequest, *, about: AboutForm, status: int = 200, **more: Any) -> HttpResponse:
    part = status == 422 and request.htmx
    return render(
        request, "accounts/_about.html" if part else "accounts/profile.html", {"about": about, **more}, status=status
    )


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, sentence)
        return redirect("profile")
    return trigger_client_event(
        HttpResponse(status=204), "flowboard:done", {"change": None, "sentence": sentence, "sidebar": True}
    )


def _refused(request: HttpRequest, field: str, sentence: str) -> HttpResponse:
    if not request.htmx:
        return _page(request, about=_about(request), status=422, refused={field: sentence})
    facts = {"sentence": sentence, "fields": {field: sentence}}
    return trigger_client_event(HttpResponse(status=422), "flowboard:refused", facts)


@login_required
@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """A person's picture, to people who are signed in; its name cannot be guessed and never means another picture."""
    try:
        picture = default_storage.open(f"avatars/{name}")
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {
        "Cache-Control": IMMUTABLE,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    return FileResponse(picture, content_type="image/webp", headers=headers)
