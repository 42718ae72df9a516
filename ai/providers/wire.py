"""The connections themselves: one pool for the operator's addresses, one that looks at each address for those of workspaces."""

import asyncio
from importlib import import_module
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from accounts import outward

from ..connections import Connection
from .faults import Fault

MOST = 1000
CONNECT = 5.0  # seconds
_sdks: dict[str, ModuleType] = {}
_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Connection, Any]]" = WeakKeyDictionary()
_pools: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bool, Any]]" = WeakKeyDictionary()


async def sdk(name: str) -> ModuleType:
    """The SDK, whose first import takes a second: on a thread, while the others' streams go on."""
    if name not in _sdks:  # what sys.modules has may be half imported: the import itself waits for its end
        _sdks[name] = await asyncio.to_thread(import_module, name)
    return _sdks[name]


def client(connection: Connection, kind: Any) -> Any:
    """The SDK's client. The operator's are made once for each loop, which spares a third of a millisecond; a workspace's
    own hold its key, and are let go with the call.
    """
    if connection.own:
        return kind(**_options(connection))
    made = _clients.setdefault(asyncio.get_running_loop(), {})
    if connection not in made:
        made[connection] = kind(**_options(connection))
    return made[connection]


def _options(connection: Connection) -> dict[str, Any]:
    """What both SDKs are made with. They never try again by themselves: what is held for a call covers one try."""
    import httpx2

    given = {"base_url": connection.base_url} if connection.base_url else {}
    wait = httpx2.Timeout(connection.timeout, connect=min(CONNECT, connection.timeout))
    return {
        "api_key": connection.key or "none",
        "timeout": wait,
        "max_retries": 0,
        "http_client": _pool(connection.own),
        **given,
    }


def _pool(guarded: bool) -> Any:
    """Of the running loop."""
    import httpx2

    pools = _pools.setdefault(asyncio.get_running_loop(), {})
    if guarded not in pools:
        limits = httpx2.Limits(max_connections=MOST, max_keepalive_connections=100, keepalive_expiry=30)
        wire = (_guarded() if guarded else httpx2.AsyncHTTPTransport)(limits=limits, trust_env=False)
        pools[guarded] = httpx2.AsyncClient(transport=wire, trust_env=False, follow_redirects=False)
    return pools[guarded]


async def close() -> None:
    """Before a loop ends that was made for one question."""
    _clients.pop(asyncio.get_running_loop(), None)
    for pool in _pools.pop(asyncio.get_running_loop(), {}).values():
        await pool.aclose()


def _guarded() -> Any:
    import httpx2

    class Guarded(httpx2.AsyncHTTPTransport):
        """Goes to the very address that was looked at (accounts/outward.py); certificate and Host are the name's."""

        async def handle_async_request(self, request: Any) -> Any:
            try:
                target = await asyncio.to_thread(outward.check, str(request.url))
            except outward.Unfetchable as no:
                raise Fault(f"has an address that may not be asked: {str(no).rstrip('.')}") from None
            request.url = request.url.copy_with(host=target.ip)
            request.extensions = {**request.extensions, "sni_hostname": target.host}
            return await super().handle_async_request(request)

    return Guarded
