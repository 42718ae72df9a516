"""Addresses of the REST API: workspaces, their people, their record."""

from django.urls import path

from .api.activity import Activity
from .api.audit import AuditExport, AuditLog
from .api.changes import Apply, ChangeActivity, Changes, Discard, OneChange, Undo
from .api.drafts import Drafts
from .api.invitations import Invitations, OneInvitation
from .api.members import Members, OneMember, Ownership
from .api.programs import OneSession, OwnSession, Refresh, SecondFactor, Sessions, SignIn
from .api.roles import OneRole, Roles
from .api.tokens import OneToken, Tokens
from .api.workspaces import OneWorkspace, Workspaces

BASE = "api/v1/workspaces/<slug:workspace>/"

urlpatterns = [
    path("api/v1/auth/sign-in/", SignIn.as_view()),
    path("api/v1/auth/second-factor/", SecondFactor.as_view()),
    path("api/v1/auth/refresh/", Refresh.as_view()),
    path("api/v1/auth/session/", OwnSession.as_view()),
    path("api/v1/auth/sessions/", Sessions.as_view()),
    path("api/v1/auth/sessions/<slug:session>/", OneSession.as_view()),
    path("api/v1/workspaces/", Workspaces.as_view()),
    path(BASE, OneWorkspace.as_view()),
    path(f"{BASE}members/", Members.as_view()),
    path(f"{BASE}members/<uuid:user>/", OneMember.as_view(), name="api_member"),
    path(f"{BASE}ownership/", Ownership.as_view()),
    path(f"{BASE}invitations/", Invitations.as_view()),
    path(f"{BASE}invitations/<uuid:invitation>/", OneInvitation.as_view()),
    path(f"{BASE}roles/", Roles.as_view()),
    path(f"{BASE}roles/<uuid:role>/", OneRole.as_view()),
    path(f"{BASE}tokens/", Tokens.as_view()),
    path(f"{BASE}tokens/<uuid:token>/", OneToken.as_view()),
    path(f"{BASE}activity/", Activity.as_view()),
    path(f"{BASE}audit/", AuditLog.as_view()),
    path(f"{BASE}audit/export", AuditExport.as_view()),
    path(f"{BASE}audit/export/", AuditExport.as_view(schema=None)),
    path(f"{BASE}drafts/", Drafts.as_view()),
    path(f"{BASE}changes/", Changes.as_view()),
    path(f"{BASE}changes/<uuid:change>/", OneChange.as_view()),
    path(f"{BASE}changes/<uuid:change>/activity/", ChangeActivity.as_view()),
    path(f"{BASE}changes/<uuid:change>/apply/", Apply.as_view()),
    path(f"{BASE}changes/<uuid:change>/discard/", Discard.as_view()),
    path(f"{BASE}changes/<uuid:change>/undo/", Undo.as_view()),
]
