"""Follow a FlowBoard workspace: each event once and in order, as a line of JSON, whatever becomes of the connection.

    pip install websockets
    FLOWBOARD_TOKEN=fb_… python follow.py https://board.example.com acme place.json

The file keeps your place, so that the next start goes on where this one ended. Without it the stream begins now.
"""

import asyncio
import json
import os
import random
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, WebSocketException

FINAL = {
    4400: "the address is wrong",
    4401: "the token is not valid",
    4403: "no access",
    4407: "a second factor is needed",
}


class Follower:
    def __init__(self, base, slug, token, place=None, tell=lambda row: print(json.dumps(row), flush=True)):
        self.events = f"{base}/api/v1/workspaces/{slug}/events"
        self.socket = f"ws{base.removeprefix('http')}/ws/{slug}/"
        self.headers, self.tell, self.file = {"Authorization": f"Token {token}"}, tell, place
        known = json.loads(place.read_text()) if place and place.exists() else {}
        self.last, self.epoch = known.get("last"), known.get("epoch")

    async def run(self):
        """By socket while there is one; whenever there is none, by asking, at least every 45 s."""
        tries = 0
        while True:
            try:
                place = {"after": self.last, "epoch": self.epoch} if self.last is not None else {}
                address = (
                    f"{self.socket}?{urlencode({name: value for name, value in place.items() if value is not None})}"
                )
                async with connect(address, additional_headers=self.headers) as socket:
                    async for text in socket:
                        tries = 0  # only a frame shows that we were let in
                        await self.take_all(json.loads(text))
            except ConnectionClosedError as closed:
                if closed.rcvd and closed.rcvd.code in FINAL:
                    raise SystemExit(f"{closed.rcvd.code}: {FINAL[closed.rcvd.code]}") from None
            except (OSError, WebSocketException):
                pass  # no line, or somebody on the way who knows no sockets
            await asyncio.to_thread(self.catch_up)
            await asyncio.sleep(min(30, 0.5 * 2**tries) * random.uniform(0.5, 1.5))
            tries += 1

    async def take_all(self, told):
        for frame in told if isinstance(told, list) else [told]:
            if self.take(frame):
                await asyncio.to_thread(self.catch_up)

    def take(self, frame):
        """One frame; true when something is missing before it."""
        event, seq = frame["event"], frame.get("seq")
        if seq is None:
            return False  # who is here, and the like: not of the record
        if event == "resync" or (event == "head" and self.epoch not in (None, frame["epoch"])):
            self.start_over(seq, frame["epoch"])
        elif event == "head":
            self.epoch = frame["epoch"]
            if self.last is not None and seq > self.last:
                return True
            self.stand_at(seq if self.last is None else self.last)
        elif self.last is None or seq == self.last + 1:
            if event != "cursor":  # a row that is not for us to see
                self.tell(frame)
            self.stand_at(seq)
        return self.last is not None and seq > self.last

    def catch_up(self):
        """What is missing, from the same rows in the same order, 500 at a time."""
        page = {"head": None}
        while self.last is not None and self.last != page["head"]:
            request = urllib.request.Request(f"{self.events}?after={self.last}", headers=self.headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    page = json.load(answer)
            except urllib.error.HTTPError as refused:
                if refused.code in (401, 403, 404):
                    raise SystemExit(f"{refused.code}: {refused.read().decode()}") from None
                if refused.code not in (400, 410):
                    return  # busy, or away: later
                page = json.load(refused)  # our place is ahead of a restored backup, or pruned
                return self.start_over(page["head"], page["epoch"])
            except OSError:
                return
            if self.epoch not in (None, page["epoch"]):
                return self.start_over(page["head"], page["epoch"])
            for row in page["results"]:
                self.take(row)

    def start_over(self, seq, epoch):
        """Rows are missing that nobody can bring: whoever reads us must look at everything afresh."""
        self.epoch = epoch
        self.tell({"event": "resync", "seq": seq})
        self.stand_at(seq)

    def stand_at(self, seq):
        self.last = seq
        if self.file:
            fresh = self.file.with_suffix(".new")
            fresh.write_text(json.dumps({"last": seq, "epoch": self.epoch}))
            fresh.replace(self.file)  # whole or not at all


if __name__ == "__main__":
    base, slug, *more = sys.argv[1:]
    place = Path(more[0]) if more else None
    asyncio.run(Follower(base.rstrip("/"), slug, os.environ["FLOWBOARD_TOKEN"], place).run())
