"""Addresses of a workspace's pages."""

from django.urls import path

from .views import activity, audit, changes, home, joining, members, new, roles, settings, start, viewing

urlpatterns = [
    path("", start.start, name="start"),
    path("workspaces/new/", new.workspace_new, name="workspace_new"),
    path("workspaces/new/address/", new.workspace_slug, name="workspace_slug"),
    path("invitations/<uuid:workspace_id>/<str:token>/", joining.invitation, name="invitation"),
    path("w/<slug:workspace>/", home.home, name="home"),
    path("w/<slug:workspace>/activity/", activity.activity, name="activity"),
    path("w/<slug:workspace>/audit/", audit.audit, name="audit"),
    path("w/<slug:workspace>/audit/days/", audit.days, name="audit_days"),
    path("w/<slug:workspace>/audit/export/", audit.export, name="audit_export"),
    path("w/<slug:workspace>/audit/check/", audit.verification, name="audit_check"),
    path("w/<slug:workspace>/changes/<uuid:change>/undo/", changes.undo, name="undo"),
    path("w/<slug:workspace>/members/", members.members, name="members"),
    path("w/<slug:workspace>/members/<uuid:membership>/", members.member, name="member"),
    path("w/<slug:workspace>/members/<uuid:membership>/role/", members.member_role, name="member_role"),
    path("w/<slug:workspace>/members/<uuid:membership>/ownership/", members.ownership, name="ownership"),
    path("w/<slug:workspace>/membership/", members.leaving, name="leaving"),
    path("w/<slug:workspace>/invitations/", members.invitations, name="invitations"),
    path("w/<slug:workspace>/invitations/<uuid:invitation>/", members.invitation, name="member_invitation"),
    path("w/<slug:workspace>/settings/", settings.settings, name="settings"),
    path("w/<slug:workspace>/settings/tokens/", settings.tokens, name="tokens"),
    path("w/<slug:workspace>/settings/tokens/<uuid:token>/", settings.tokens, name="token"),
    path("w/<slug:workspace>/view-as/", viewing.view_as, name="view_as"),
    path("w/<slug:workspace>/settings/roles/", roles.roles, name="roles"),
    path("w/<slug:workspace>/settings/roles/new/", roles.role_new, name="role_new"),
    path("w/<slug:workspace>/settings/roles/<uuid:role>/", roles.role, name="role"),
    path("w/<slug:workspace>/settings/deletion/", settings.deletion, name="deletion"),
]
