"""One wait for an absent Redis spares all others theirs."""

import logging

import pytest
import redis

from accounts.breaker import Breaker

log = logging.getLogger(__name__)


def test_the_breaker_lets_one_ask_and_says_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger=__name__)  # LOG_LEVEL may ask for less
    tried = Breaker(log, away="Redis is away", back="Redis is back")
    assert tried.may_ask()
    tried.failed(redis.ConnectionError("gone"))
    assert not tried.may_ask()
    tried.closed_until = 0.0
    assert tried.may_ask()
    assert not tried.may_ask()  # one is asking
    tried.failed(redis.ConnectionError("gone"))
    tried.closed_until = 0.0
    assert tried.may_ask()
    tried.worked()
    assert tried.may_ask() and tried.may_ask()
    assert [line.getMessage() for line in caplog.records] == ["Redis is away: gone", "Redis is back"]
