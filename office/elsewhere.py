"""What a workspace has outside of PostgreSQL: files, and what Redis still knows."""

import logging
from contextlib import suppress
from uuid import UUID

import redis
from django.conf import settings
from django.core.files.storage import default_storage

log = logging.getLogger(__name__)
DATABASES = (0, 1)  # jobs and presence; cache and counts
AT_ONCE = 1_000


def forget_files(workspace_id: UUID) -> int:
    """All files on its tasks, with their previews; how many there were."""
    folder = f"attachments/{workspace_id.hex}"
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    with suppress(OSError, NotImplementedError):  # a store without folders has none to remove
        default_storage.delete(folder)
    return len(names)


def forget_in_redis(workspace_id: UUID) -> None:
    """Every key that names it. None lives longer than two days anyway, so that a Redis that is away may be left alone."""
    for number in DATABASES:
        client = redis.Redis.from_url(f"{settings.REDIS_URL}/{number}", socket_timeout=5, socket_connect_timeout=1)
        try:
            for name in {workspace_id.hex, str(workspace_id)}:
                for key in client.scan_iter(match=f"*{name}*", count=AT_ONCE):
                    client.delete(key)
        except (redis.RedisError, OSError) as error:
            log.warning("Redis was not asked to forget a workspace: %s", type(error).__name__)
        finally:
            client.close()
