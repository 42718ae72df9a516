"""The simplest broadcaster that there is: what comes from Redis goes to everybody. python -m bench._bare_sockets FD CHANNEL

It knows no order, no rights, no gaps, no place to come back to; it is what our stream is compared with.
"""

import os
import socket
import sys

import redis.asyncio as redis
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main(fd: int, channel: str) -> None:
    listeners: set[ServerConnection] = set()

    async def stay(connection: ServerConnection) -> None:
        listeners.add(connection)
        await connection.send('{"event":"head","seq":0}')
        try:
            await connection.wait_closed()
        finally:
            listeners.discard(connection)

    async with (
        serve(stay, sock=socket.socket(fileno=fd), compression=None),
        redis.Redis.from_url(os.environ["REDIS_URL"]) as client,
        client.pubsub() as bell,
    ):
        await bell.subscribe(channel)
        async for message in bell.listen():
            if message["type"] == "message":
                broadcast(listeners, message["data"].decode())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
