"""uvicorn as FlowBoard runs it: python -m realtime.server HOST PORT. It ends gently.

On SIGTERM it takes no new connections, answers what has begun, tells whoever waits for a long answer, and says goodbye to
its sockets one after the other.
uvicorn by itself closes all of them in the same moment, and connections whose request it has not read yet.
"""

import asyncio
import gc
import socket
import sys

import uvicorn

TURN = 0.001  # seconds after which a busy thread leaves the others their turn: a page needs one after each query
UNREAD = 0.3  # seconds for requests that are on their way in connections which have been taken
UNANSWERED = 20  # seconds for answers that have begun


class Server(uvicorn.Server):
    """With an end of its own."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """What is loaded by now stays: to look through it for garbage holds up everybody for a tenth of a second each time."""
        await super().startup(sockets)
        sys.setswitchinterval(TURN)
        gc.collect()
        gc.freeze()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from . import hub, streams  # they need the apps, which uvicorn has loaded by now

        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.gather(asyncio.sleep(UNREAD), hub.drain(), streams.drain())
        await super().shutdown(sockets)


def config(**more: object) -> uvicorn.Config:
    """What every process that holds sockets needs."""
    return uvicorn.Config(
        "flowboard.asgi:application",
        loop="uvloop",
        http="realtime.threshold:Threshold",
        ws="realtime.frames:Frames",
        ws_per_message_deflate=False,
        ws_max_size=65536,  # nobody sends us more than 4 kB
        ws_ping_timeout=40,  # later than the hub, which tells a stalled reader why it is closed
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=UNANSWERED,
        **more,  # type: ignore[arg-type]
    )


def serve(listener: socket.socket) -> None:
    """On a socket that listens already. There is no proxy here whose word counts.

    Not uvicorn's own --fd: it takes the socket for a Unix one and leaves TCP_NODELAY unset, which costs 40 ms an answer.
    """
    Server(config(proxy_headers=False)).run(sockets=[listener])


if __name__ == "__main__":
    Server(config(host=sys.argv[1], port=int(sys.argv[2]))).run()
