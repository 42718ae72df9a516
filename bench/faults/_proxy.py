"""A line of our own between a client and the web: it can stall, go silent, be cut, or lose answers."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Line:
    """One connection."""

    down: asyncio.StreamWriter  # to the client
    up: asyncio.StreamWriter
    silent: bool = False  # nothing goes either way any more, and nobody is told
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def abort(self) -> None:
        for writer in (self.down, self.up):
            writer.transport.abort()


class Proxy:
    """Listens on a port of its own, in a thread of its own."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.lines: set[Line] = set()
        self.shut = False  # nobody gets through: a closed lid
        self.lose_every = 0  # each so manyth answer is lost: the request went through, and the line ends
        self._answers = 0
        self._loop = asyncio.new_event_loop()
        self._flow = asyncio.Event()
        self._flow.set()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._up.wait()

    def stall(self) -> None:
        """Nothing is lost, and nothing goes on."""
        self._say(self._flow.clear)

    def flow(self) -> None:
        self._say(self._flow.set)

    def cut(self) -> None:
        """Both sides learn of it."""
        self._say(lambda: [line.abort() for line in list(self.lines)])

    def hush(self) -> None:
        """All lines there are go silent for ever, without a word to either side; new ones work."""
        self._say(lambda: [setattr(line, "silent", True) for line in self.lines])

    def half_open(self) -> None:
        """Of each second line the server's side ends, the others go silent as they are; no client is told."""

        def part() -> None:
            for number, line in enumerate(self.lines):
                line.silent = True
                if number % 2:
                    line.up.transport.abort()

        self._say(part)

    def end(self) -> None:
        self.cut()
        self._say(lambda: [task.cancel() for task in asyncio.all_tasks(self._loop)])
        self._say(lambda: self._loop.call_later(0.1, self._loop.stop))
        self._thread.join(5)

    def _say(self, what: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(what)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._meet, "127.0.0.1", 0, backlog=512))
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        self._loop.run_forever()

    async def _meet(self, reader: asyncio.StreamReader, down: asyncio.StreamWriter) -> None:
        try:
            if self.shut:
                raise ConnectionRefusedError
            answers, up = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            down.transport.abort()
            return
        line = Line(down, up)
        self.lines.add(line)
        work = (self._carry(line, reader, up, False), self._carry(line, answers, down, True))
        line.tasks = [asyncio.create_task(one) for one in work]
        with contextlib.suppress(asyncio.CancelledError):  # at the end of the bench
            await asyncio.gather(*line.tasks, return_exceptions=True)
        self.lines.discard(line)

    async def _carry(self, line: Line, source: asyncio.StreamReader, to: asyncio.StreamWriter, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._flow.wait()
                if line.silent:
                    continue
                if answers and self._loses():
                    break
                to.write(data)
                await to.drain()
        if not (line.silent and answers):  # of a silent line nobody hears that the server has ended
            line.abort()

    def _loses(self) -> bool:
        self._answers += 1
        return bool(self.lose_every) and self._answers % self.lose_every == 0
