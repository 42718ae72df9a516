"""The back-office opens to the staff with a second factor; who has none is led to one."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from .factors import has_factor
from .security import ONWARD


def guard(site: AdminSite) -> None:
    """Put the door before the whole site. It has no sign-in of its own, which would know neither limits nor second factors."""
    inner = site.has_permission

    def has_permission(request: HttpRequest) -> bool:
        return inner(request) and has_factor(request.user)  # type: ignore[arg-type]

    site.has_permission = has_permission  # type: ignore[method-assign]
    site.login = secure_admin_login(_leading(site.login))  # type: ignore[method-assign]


def _leading(login: Callable[..., Any]) -> Callable[..., Any]:
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_factor(request.user):  # type: ignore[arg-type]
            request.session.pop(ONWARD, None)
            return login(request, *args, **kwargs)
        request.session[ONWARD] = _inside(request.GET.get("next", ""))
        return render(request, "accounts/staff_factor.html", {"onward": request.session[ONWARD]})

    return view


def _inside(to: str) -> str:
    """Only a page of the back-office is gone on to."""
    home = reverse("admin:index")
    return to if to.startswith(home) and "\\" not in to and "//" not in to else home
