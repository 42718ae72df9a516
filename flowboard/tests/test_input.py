"""Input that no part of the program should have to meet is answered at once."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/api/v1/workspaces/acme/events", "/w/acme/"])
def test_a_cookie_with_nul_is_a_clear_400(path: str) -> None:
    answer = Client(headers={"cookie": 'sessionid="\\000aaaaaaaaaaaaaaaaaaaa"'}).get(path)
    assert answer.status_code == 400
