"""Every address."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
handler400 = "flowboard.errors.bad_request"
handler403 = "flowboard.errors.forbidden"
handler404 = "flowboard.errors.not_found"
handler500 = "flowboard.errors.failed"
