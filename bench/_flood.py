"""python -m bench._flood CHANNEL RATE SECONDS [WORKSPACE PROJECT FIRST]: ready-made rows into Redis at a steady rate.

With a workspace they are rung as its doorbell would, from the number FIRST on; without, sent as they are: the same bytes.
"""

import os
import sys
import time
from uuid import uuid4

import orjson
import redis

BATCH = 10  # messages in one round trip


def main(channel: str, rate: float, seconds: float, workspace: str = "", project: str = "", first: int = 1) -> None:
    client, began = redis.Redis.from_url(os.environ["REDIS_URL"]), time.monotonic()
    known = {"changeId": str(uuid4()), "by": {"id": str(uuid4()), "name": "Somebody", "via": "web"}}
    for number in range(0, int(rate * seconds), BATCH):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        with client.pipeline(transaction=False) as pipe:
            for seq in range(first + number, first + number + BATCH):
                pipe.publish(channel, message(row(seq, workspace, project, known), workspace))
            pipe.execute()


def row(seq: int, workspace: str, project: str, known: dict[str, object]) -> dict[str, object]:
    data = {"taskId": str(uuid4()), "key": f"BE-{seq}", "projectId": project or None, "changed": {"status": "Done", "rank": "V"},
            "statusIds": [str(uuid4()), str(uuid4())], "version": 7, **known}  # fmt: skip
    return {"event": "task:moved", "seq": seq, "workspaceId": workspace, "data": data}


def message(made: dict[str, object], workspace: str) -> bytes:
    if not workspace:
        return orjson.dumps(made)
    return orjson.dumps({"workspace": workspace, "head": made["seq"], "rows": [(made, None)]})


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0], float(words[1]), float(words[2]), *words[3:5], *map(int, words[5:6]))
