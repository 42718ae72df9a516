"""…/projects/, one of them, and its board."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.cursor import Key, PageQuery, word
from workspaces.rest.fields import Choice, Flag, Nothing, Strict, Text, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import archive_project, create_project, delete_project, restore_project, update_project
from ..models import COLORS, Project
from ..reading.finding import find_project

BY_KEY = [Key("key", word)]


class ProjectOut(serializers.Serializer[Any]):
    """A board and its tasks."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(help_text="Markdown")
    color = serializers.ChoiceField(choices=COLORS)
    private = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    read_only = serializers.BooleanField(help_text="the plan has no room for it: changes answer 402")


class ProjectFields(Strict):
    """What of a project can be set."""

    name = Text(max_length=80)
    description = Text(max_length=5000, allow_blank=True, required=False, help_text="Markdown")
    color = Choice(choices=COLORS, required=False)
    private = Flag(required=False, help_text="only for those with whom it is shared")


class ProjectChange(ProjectFields):
    """Only what is sent is changed; the key stays."""

    name = Text(max_length=80, required=False)
    version = Whole(
        min_value=1, required=False, help_text="of the project when it was read: what changed since is merged, or 409"
    )


class ProjectIn(ProjectFields):
    """A new project; without `key` one is made of the name."""

    key = Text(max_length=8, required=False, help_text="FLOW")


class ProjectQuery(PageQuery):
    """Which projects."""

    archived = serializers.BooleanField(required=False, help_text="the archived ones instead")


class Projects(Endpoint):
    """The projects that you see."""

    @describes("list_projects", ProjectOut, query=ProjectQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The projects that you see, by key."""
        asked = self.asked(ProjectQuery)
        rows = Project.objects.visible_to(self.by).filter(archived_at__isnull=not asked.get("archived"))
        return self.page(rows, BY_KEY, project_row, asked)

    @describes("create_project", ProjectOut, status=201, body=ProjectIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Make a project with the usual columns."""
        return answer(project_row(create_project(self.by, **self.given(ProjectIn))), 201)


class OneProject(Endpoint):
    """One project."""

    @describes("read_project", ProjectOut)
    def get(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """The project."""
        return answer(project_row(find_project(self.by, key)))

    @describes("update_project", ProjectOut, body=ProjectChange)
    def patch(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Change what is sent. With `version` a description is merged with what was written since."""
        project, said = find_project(self.by, key), self.given(ProjectChange)
        bases = dict.fromkeys(said, read) if (read := said.pop("version", None)) else None
        return answer(project_row(update_project(self.by, project, bases=bases, **said)))

    @describes("delete_project", status=204)
    def delete(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Delete it with its tasks: hidden everywhere, and brought back by undoing the change."""
        delete_project(self.by, find_project(self.by, key))
        return nothing()


class ArchiveProject(Endpoint):
    """Archiving a project."""

    @describes("archive_project", ProjectOut)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Put it away, readable."""
        self.given(Nothing)
        return answer(project_row(archive_project(self.by, find_project(self.by, key))))


class RestoreProject(Endpoint):
    """Restoring a project."""

    @describes("restore_project", ProjectOut)
    def post(self, request: Request, workspace: str, key: str) -> HttpResponse:
        """Bring it back."""
        self.given(Nothing)
        return answer(project_row(restore_project(self.by, find_project(self.by, key))))


def project_row(project: Project) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": project.pk, "key": project.key, "name": project.name, "description": project.description, "color": project.color,
        "private": project.private, "version": project.version, "created_at": project.created_at,
        "archived_at": project.archived_at, "read_only": project.read_only,
    }  # fmt: skip
