"""The consumer of /ws/<slug>/: let in, deliver, listen, let go. It needs no channel layer, so Redis cannot end it."""

import logging
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.db import DatabaseError

from .gate import Guest, Refusal, admit, chosen_protocol
from .hub import Hub, hub
from .socket import Code, Receive, Send

LARGEST = 2**63 - 1
log = logging.getLogger(__name__)


async def live(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Accepted first, since a browser learns nothing of a handshake that was refused; the close code tells why."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": chosen_protocol(dict(scope))})
    try:
        center = await hub()
        after, epoch = _place(scope["query_string"])
        guest = await _let_in(dict(scope), center)
    except Refusal as no:
        await _turn_away(send, no.code)
    except (psycopg.Error, DatabaseError, OSError, TimeoutError) as error:
        log.warning("a socket must come back later: %s", error)
        await _turn_away(send, Code.TRY_LATER)
    else:
        await _stay(center, guest, receive, send, after, epoch)


async def nowhere(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """There is no such address."""
    await receive()
    await send({"type": "websocket.close"})


def _place(query: bytes) -> tuple[int | None, str | None]:
    """`after` and `epoch` of the address, if given; raises Refusal for an `after` that is no number."""
    words = parse_qs(query.decode("ascii", "replace"), keep_blank_values=True)
    after, epoch = words.get("after", [None])[-1], words.get("epoch", [None])[-1]
    try:
        return (None if after is None else _number(after)), epoch or None
    except ValueError:
        raise Refusal(Code.REFUSED) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST):
        raise ValueError(text)
    return int(text)


async def _let_in(scope: dict[str, Any], center: Hub) -> Guest:
    guest = await admit(scope, scope["url_route"]["kwargs"]["slug"], center.entrance)
    if not await center.places.take(guest.user_id):
        raise Refusal(Code.TOO_MANY)
    if center.draining or center.has_ended(guest.session_key):
        center.places.give_back(guest.user_id)
        raise Refusal(Code.RESTART if center.draining else Code.SESSION)
    return guest


async def _turn_away(send: Send, code: Code) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": code.name.lower().replace("_", " ")})


async def _stay(center: Hub, guest: Guest, receive: Receive, send: Send, after: int | None, epoch: str | None) -> None:
    socket = center.join(guest, send, after, epoch)
    try:
        await socket.listen(receive)
    finally:
        center.leave(socket)
