"""Whose word counts for where a request comes from."""

from typing import Any

import pytest
from django.test import RequestFactory

from accounts.addresses import client_address, neighbourhood


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "found"),
    [
        ([], "203.0.113.9", "", "203.0.113.9"),
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody is believed unless named
        (["10.0.0.0/8"], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.7", "198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.7", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the client wrote itself
        (["10.0.0.0/8"], "10.0.0.7", "1.2.3.4, 198.51.100.1, 10.1.1.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.7", "10.2.2.2, 10.1.1.1", "10.2.2.2"),
        (["10.0.0.0/8"], "10.0.0.7", "1.2.3.4, nonsense", "10.0.0.7"),
        (["10.0.0.0/8"], "10.0.0.7", "198.51.100.1:5123", "198.51.100.1"),
        (["::1", "127.0.0.1"], "::1", "[2001:db8::5]:443", "2001:db8::5"),
        (["127.0.0.1"], "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["unix"], "", "198.51.100.1", "198.51.100.1"),
        ([], "", "198.51.100.1", "0.0.0.0"),
    ],
)
def test_only_named_proxies_are_believed(
    settings: Any, proxies: list[str], peer: str, forwarded: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert client_address(request) == found


def test_one_customer_is_one_address() -> None:
    assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert neighbourhood("203.0.113.9") == "203.0.113.9"
