"""What a request brings for the file store: put there before the transaction begins, taken away when nothing came of it.

A view that takes files names the function that stages them (`stage`); it first asks whether the sender may, so that
nobody fills the store who has no right to. A process that dies in between leaves a file without
a row, which the sweep removes; a row without its file cannot come about.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.urls import resolve

from .errors import Refused


class Staged:
    """Something in the file store that no row names yet."""

    taken = False

    def drop(self) -> None:
        """Take it away again."""
        raise NotImplementedError


Stage = Callable[..., list[Any]]  # of the request and what the address names


@contextmanager
def staged(request: HttpRequest) -> Iterator[None]:
    """Around the transaction of a writing request. After a fault that may have come with the commit all stays: the sweep looks."""
    brought = _stage(request)
    request.staged = brought  # type: ignore[attr-defined]
    try:
        yield
    except Refused:
        put_back(request)
        raise
    finally:
        for one in brought:
            if not one.taken:
                one.drop()


def put_back(request: HttpRequest) -> None:
    """The request was refused: no row names what it brought."""
    for one in request.staged:  # type: ignore[attr-defined]
        one.taken = False


def _stage(request: HttpRequest) -> list[Any]:
    if request.content_type != "multipart/form-data":
        return []
    match = resolve(request.path_info)
    stage: Stage | None = getattr(getattr(match.func, "cls", match.func), "stage", None)
    named = {name: value for name, value in match.kwargs.items() if name != "workspace"}
    return stage(request, **named) if stage else []
