"""Queries of pages that are the same every time: built and compiled once, then only run.

Building such a query and compiling it to SQL costs more processor time than running it and reading its rows. The
queryset is built by the same scoped methods as any other; only its parameters are put in anew.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models

from accounts.models import User

from .actor import Actor
from .models import Role, Workspace

Row = tuple[Any, ...]


@models.TextField.register_lookup
@models.UUIDField.register_lookup
class AnyOf(models.Lookup):  # type: ignore[type-arg]
    """`pk__any=[…]`: one parameter, however many there are, so that the statement stays the same.

    `pk__any=ArraySubquery(…)` reads the subquery first and then looks these rows up, whatever order they are wanted in.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        right, wanted = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*params, *wanted]


def compiled(build: Callable[..., Any]) -> Callable[..., list[Row]]:
    """`build(*parameters, **shape)` gives a queryset of values; calling it gives its rows as they come from the database.

    Parameters stand for themselves in the statement and may not be looked at; the shape may, and has its own statement.
    """

    @lru_cache(maxsize=64)
    def plan(count: int, shape: tuple[tuple[str, Any], ...]) -> tuple[Any, str, list[Any]]:
        marks = [uuid4() for _ in range(count)]
        rows = build(*marks, **dict(shape))
        getattr(rows, "_refuse_unscoped", bool)()
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = {str(mark): place for place, mark in enumerate(marks)}
        return compiler, sql, [Place(places[str(one)]) if str(one) in places else one for one in params]

    @wraps(build)
    def run(*values: Any, **shape: Any) -> list[Row]:
        compiler, sql, params = plan(len(values), tuple(sorted(shape.items())))
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[one] if type(one) is Place else one for one in params])
            return list(compiler.results_iter([cursor.fetchall()]))

    return run


class Place(int):
    """Which value goes into a statement here."""


def stand_in(workspace: UUID, user: UUID, level: int) -> Actor:
    """An actor for building a query: of these two parameters and this level."""
    return Actor(Workspace(id=workspace), User(id=user), Role(level=level))
