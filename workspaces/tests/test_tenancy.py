"""The three walls: the door, the query, the database."""

import concurrent.futures
import uuid

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.models import ForeignKey

from tasks.models import Comment, Label, Project, Status, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.constraints import TenantForeignKey, TenantIsolation
from workspaces.models import ActivityLog, Membership, Role, TenantModel, Workspace
from workspaces.scoping import UnscopedQuery

NO_TENANT = (ProgrammingError, DataError)

# tables that belong to no workspace, each with its reason
GLOBAL = {
    "accounts.User": "a person signs in once for all workspaces",
    "accounts.SignIn": "a person's; workspaces are told of it in their own records",
    "accounts.Guess": "asked before anybody is known",
    "accounts.ProgramSession": "a person's sign-in, like a session",
    "accounts.StaffAct": "the staff's; what touches a workspace stands in its own record too",
    "accounts.Erasure": "of a person whose account was deleted, until every record has forgotten the name",
    "accounts.SigningKey": "signs the tokens of programs, of whichever workspace",
    "accounts.PushKey": "by which push services know this server",
    "accounts.PushSubscription": "a person's browser, whichever workspace it is told of",
    "account.EmailAddress": "a person's",
    "account.EmailConfirmation": "a person's",
    "mfa.Authenticator": "a person's second factors and passkeys",
    "socialaccount.SocialAccount": "a person's accounts elsewhere",
    "socialaccount.SocialApp": "providers; ours come from the environment, so it stays empty",
    "socialaccount.SocialToken": "a person's; not kept",
    "usersessions.UserSession": "a person's",
    "admin.LogEntry": "the back-office's own",
    "auth.Permission": "names of permissions",
    "auth.Group": "staff roles",
    "contenttypes.ContentType": "names of models",
    "guardian.UserObjectPermission": "django-guardian's generic table, which stays empty: ours has direct keys",
    "guardian.GroupObjectPermission": "the same",
    "sessions.Session": "a person's",
    "billing.Plan": "what is sold, to whichever workspace",
    "billing.RevenueDay": "what all workspaces together pay, by day",
    "billing.StripeEvent": "that Stripe told of something, before it is known of whom: ids alone",
    "ai.Prompt": "what the operator has the AI asked for, in whichever workspace",
    "ai.PromptVersion": "a wording of it",
    "ai.PromptCase": "invented inputs for comparing wordings",
    "ai.PromptTrial": "what a wording made of them",
    "ai.ModelPrice": "what providers take",
    "office.FailedJob": "of whichever workspace, kept for 30 days for the staff",
    "office.MailSent": "the same",
    "office.SlowPage": "the same",
    "office.TurnedAway": "counts by day for the staff",
    "office.Tombstone": "what is left of a workspace that was deleted for good",
    "office.Announcement": "what the operator tells all workspaces, or chosen ones",
    "workspaces.Workspace": "the tenant itself; its policy shows the current one and one's own",
}
TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]


def test_every_model_is_a_tenants_or_on_the_list() -> None:
    rest = {model._meta.label for model in apps.get_models()} - {model._meta.label for model in TENANT_MODELS}
    assert rest == set(GLOBAL)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_tenant_table_has_policy_and_composite_keys(model: type[TenantModel]) -> None:
    constraints = model._meta.constraints
    assert any(isinstance(row, TenantIsolation) for row in constraints)
    keyed = {row.field for row in constraints if isinstance(row, TenantForeignKey)}
    pointing = {
        field.name for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and issubclass(field.related_model, TenantModel)
    }  # fmt: skip
    assert pointing == keyed
    for row in constraints:
        fields = getattr(row, "fields", None)
        assert not fields or fields[0] == "workspace", f"{row.name} does not lead with workspace"
    for index in model._meta.indexes:
        first = index.fields[0] if index.fields else index.expressions[0].name
        assert first == "workspace", index.name


@pytest.mark.django_db
def test_every_table_with_a_workspace_is_guarded_by_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'"
            " WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
            " (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant'))"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT relname FROM pg_class WHERE relname = 'workspaces_workspace' AND relforcerowsecurity")
        assert cursor.fetchall()


@pytest.mark.django_db
def test_runs_as_the_restricted_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("flowboard_app", False, False)
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'tasks_task'")
        assert cursor.fetchone() == ("flowboard_owner",)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_an_unscoped_query_refuses(model: type[TenantModel]) -> None:
    rows = model.objects.all()
    runs = [
        lambda: list(rows), rows.count, rows.exists, rows.first, rows.delete, lambda: rows.update(id=None), lambda: rows.in_bulk(),
        lambda: rows.aggregate(), lambda: next(rows.iterator()), lambda: rows.get(pk=uuid.uuid4()), rows.explain,
        lambda: list(rows.filter(pk=uuid.uuid4()) | rows), lambda: rows.exclude(workspace=uuid.uuid4()).count(),
        lambda: rows.contains(model()), lambda: list(model.objects.raw("SELECT 1")),
    ]  # fmt: skip
    for run in runs:
        with pytest.raises(UnscopedQuery):
            run()


RAW = (
    "SELECT count(*) FROM tasks_task WHERE workspace_id = '{acme}'",
    "SELECT count(*) FROM tasks_comment",
    "SELECT count(*) FROM workspaces_activitylog WHERE workspace_id = '{acme}'",
    "SELECT count(*) FROM workspaces_workspace WHERE id = '{acme}'",
    "SELECT count(*) FROM workspaces_membership WHERE workspace_id = '{acme}'",
    "SELECT count(*) FROM workspaces_role WHERE workspace_id = '{acme}'",
    "SELECT count(*) FROM (SELECT * FROM tasks_project UNION ALL SELECT * FROM tasks_project) p WHERE p.workspace_id = '{acme}'",
    "WITH gone AS (DELETE FROM tasks_task WHERE workspace_id = '{acme}' RETURNING 1) SELECT count(*) FROM gone",
    "WITH gone AS (UPDATE tasks_project SET name = 'x' WHERE workspace_id = '{acme}' RETURNING 1) SELECT count(*) FROM gone",
)


@pytest.mark.parametrize("sql", RAW)
def test_raw_sql_sees_no_other_workspace(alice: Actor, eve: Actor, cards: list[Task], sql: str) -> None:
    with tenancy.workspace(eve.workspace.pk, atomic=True), connection.cursor() as cursor:
        cursor.execute(sql.format(acme=alice.workspace.pk))
        assert cursor.fetchone() == (0,)


FORBIDDEN = (
    "SET ROLE flowboard_owner", "SET SESSION AUTHORIZATION flowboard_owner", "ALTER TABLE tasks_task DISABLE ROW LEVEL SECURITY",
    "DROP POLICY tenant ON tasks_task", "TRUNCATE tasks_task", "UPDATE workspaces_activitylog SET event = 'x'",
    "DELETE FROM workspaces_activitylog", "CREATE POLICY mine ON tasks_task USING (true)",
)  # fmt: skip


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_raw_sql_cannot_step_over_the_wall(alice: Actor, cards: list[Task], sql: str) -> None:
    with (
        pytest.raises(ProgrammingError),
        tenancy.workspace(alice.workspace.pk, atomic=True),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_no_workspace_raises(cards: list[Task]) -> None:
    with pytest.raises(NO_TENANT), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('flowboard.workspace_id', '', true)")
        cursor.execute("SELECT count(*) FROM tasks_task")


def test_a_row_for_another_workspace_is_refused(alice: Actor, eve: Actor, project: Project) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), tenancy.workspace(eve.workspace.pk, atomic=True):
        Label(workspace=alice.workspace, project=project, name="x").save(force_insert=True)


def test_a_reference_across_workspaces_is_refused(eve: Actor, project: Project) -> None:
    with pytest.raises(IntegrityError, match="label_project_tenant"), tenancy.workspace(eve.workspace.pk, atomic=True):
        Label(workspace=eve.workspace, project=project, name="x").save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_person_reads_their_own_memberships_and_no_others(alice: Actor, bob: Actor, eve: Actor) -> None:
    with tenancy.workspace(None), tenancy.person(bob.user.pk, atomic=True):
        assert [row.user_id for row in Membership.objects.of(bob.user)] == [bob.user.pk]
        assert Membership.objects.of(alice.user).count() == 0
        assert [row.slug for row in Workspace.objects.all()] == ["acme"]
        assert Role.objects.filter(workspace=eve.workspace).count() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_pool_of_connections_never_mixes_tenants(alice: Actor, eve: Actor) -> None:
    def names(actor: Actor) -> bool:
        try:
            with tenancy.workspace(actor.workspace.pk, atomic=True), connection.cursor() as cursor:
                cursor.execute("SELECT DISTINCT workspace_id FROM workspaces_role")
                return cursor.fetchall() == [(actor.workspace.pk,)]
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(names, [alice, eve] * 500))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_workspace_travels_with_begin(alice: Actor) -> None:
    """TenantConnection leans on psycopg's private _start_query: this fails when that changes."""
    with tenancy.workspace(alice.workspace.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('flowboard.workspace_id')")
        assert cursor.fetchone() == (str(alice.workspace.pk),)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('flowboard.workspace_id', true)")
        assert not cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_outside_a_transaction_nothing_is_seen(alice: Actor) -> None:
    with pytest.raises(NO_TENANT), tenancy.workspace(alice.workspace.pk):
        ActivityLog.objects.within(alice.workspace).count()


def test_only_uuids_reach_set_local() -> None:
    with pytest.raises(ValueError), tenancy.workspace("x'; DROP TABLE tasks_task; --"):
        pass


@pytest.mark.django_db(databases=["default", "ops"])
def test_the_ops_role_reads_by_policy_not_by_attribute() -> None:
    with connections["ops"].cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'flowboard_ops'")
        assert cursor.fetchone() == (False, False)


def test_relations_count_as_told(inside: None, project: Project, cards: list[Task]) -> None:
    assert project.tasks.count() == 3
    assert Status.objects.filter(project=project).count() == 5
    assert Comment.objects.filter(task__in=cards).count() == 0
    with pytest.raises(UnscopedQuery):
        Task.objects.filter(project__key="FLOW").count()
