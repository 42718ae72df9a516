"""Row-level security and composite tenant foreign keys as Meta.constraints, which makemigrations finds."""

from typing import Any

from django.db.models import BaseConstraint

# strict: raises when unset, never silently empty; inline: a sub-select costs good plans (STACK.md)
IS_CURRENT = "workspace_id = current_setting('flowboard.workspace_id')::uuid"
MAYBE_WORKSPACE = "nullif(current_setting('flowboard.workspace_id', true), '')::uuid"
MAYBE_PERSON = "nullif(current_setting('flowboard.user_id', true), '')::uuid"


class _Ddl(BaseConstraint):
    """A constraint that is its own statements, run after CREATE TABLE."""

    def statements(self, model: Any, schema_editor: Any) -> list[str]:
        raise NotImplementedError

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:
        """Nothing stands inside CREATE TABLE; for a new model it follows after it."""
        schema_editor.deferred_sql.extend(self.statements(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        return "; ".join(self.statements(model, schema_editor))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database's own business."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()  # type: ignore[attr-defined]

    __hash__ = BaseConstraint.__hash__


class TenantIsolation(_Ddl):
    """flowboard_app sees the rows of the transaction's workspace; owner and ops see all, by policy."""

    policy = IS_CURRENT

    def statements(self, model: Any, schema_editor: Any) -> list[str]:
        table = schema_editor.quote_name(model._meta.db_table)
        return [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} TO flowboard_app USING ({self.policy})",
            f"CREATE POLICY ops ON {table} TO flowboard_ops, flowboard_owner USING (true)",
        ]

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP POLICY tenant ON {table}; DROP POLICY ops ON {table}; "
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class MembershipIsolation(TenantIsolation):
    """Also one's own memberships in every workspace: the door and the switcher need them."""

    policy = f"workspace_id = {MAYBE_WORKSPACE} OR user_id = {MAYBE_PERSON}"


class RoleIsolation(TenantIsolation):
    """Also the roles of one's own memberships."""

    policy = (
        f"workspace_id = {MAYBE_WORKSPACE} OR EXISTS (SELECT FROM workspaces_membership m"
        f" WHERE m.role_id = workspaces_role.id AND m.user_id = {MAYBE_PERSON})"
    )


class WorkspaceIsolation(TenantIsolation):
    """A workspace itself: the current one, and those that the person belongs to."""

    policy = (
        f"id = {MAYBE_WORKSPACE} OR EXISTS (SELECT FROM workspaces_membership m"
        f" WHERE m.workspace_id = workspaces_workspace.id AND m.user_id = {MAYBE_PERSON})"
    )


class TenantForeignKey(_Ddl):
    """(workspace_id, column) must be a row of the target's (workspace_id, id)."""

    def __init__(self, *, field: str, name: str, on_delete: str = "ON DELETE CASCADE") -> None:
        self.field, self.on_delete = field, on_delete
        super().__init__(name=name)

    def statements(self, model: Any, schema_editor: Any) -> list[str]:
        quote, field = schema_editor.quote_name, model._meta.get_field(self.field)
        target = field.remote_field.model._meta.db_table
        return [
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (workspace_id, {quote(field.column)}) REFERENCES {quote(target)} (workspace_id, id) "
            f"{self.on_delete} DEFERRABLE INITIALLY DEFERRED"
        ]

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field, "on_delete": self.on_delete}
