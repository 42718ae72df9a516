"""python -m launch.web FD: one web process on a listening socket that bin/run has opened.

Not uvicorn's own --fd: it takes the socket for a Unix one and leaves TCP_NODELAY unset, which costs 40 ms an answer.
"""

from __future__ import annotations

import socket
import sys

import uvicorn


def main(fd: int) -> None:
    config = uvicorn.Config(
        "flowboard.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=65536,  # nobody sends us more than 4 kB
        lifespan="off",
        proxy_headers=False,  # there is no proxy here whose word counts
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
