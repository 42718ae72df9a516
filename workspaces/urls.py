"""Addresses of a workspace's pages."""

from django.urls import path

from .views import activity, changes, home, joining, members, new, settings, start

urlpatterns = [
    path("", start.start, name="start"),
    path("workspaces/new/", new.workspace_new, name="workspace_new"),
    path("workspaces/new/address/", new.workspace_slug, name="workspace_slug"),
    path("invitations/<uuid:workspace_id>/<str:token>/", joining.invitation, name="invitation"),
    path("w/<slug:workspace>/", home.home, name="home"),
    path("w/<slug:workspace>/activity/", activity.activity, name="activity"),
    path("w/<slug:workspace>/changes/<uuid:change>/undo/", changes.undo, name="undo"),
    path("w/<slug:workspace>/members/", members.members, name="members"),
    path("w/<slug:workspace>/members/<uuid:membership>/", members.member, name="member"),
    path("w/<slug:workspace>/membership/", members.leaving, name="leaving"),
    path("w/<slug:workspace>/invitations/", members.invitations, name="invitations"),
    path("w/<slug:workspace>/invitations/<uuid:invitation>/", members.invitation, name="member_invitation"),
    path("w/<slug:workspace>/settings/", settings.settings, name="settings"),
    path("w/<slug:workspace>/settings/tokens/", settings.tokens, name="tokens"),
    path("w/<slug:workspace>/settings/tokens/<uuid:token>/", settings.tokens, name="token"),
    path("w/<slug:workspace>/settings/deletion/", settings.deletion, name="deletion"),
]
