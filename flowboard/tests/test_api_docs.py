"""The API's own description: valid, complete, and readable in a browser under our policy."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tasks.tests.operations import operations


@pytest.fixture
def page(client: Client) -> str:
    answer = client.get("/api/docs/")
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    return answer.content.decode()


def test_the_schema_is_public_json(client: Client) -> None:
    answer = client.get("/api/schema/")
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["openapi"].startswith("3.1")
    assert client.post("/api/schema/").status_code == 405


def test_the_page_names_every_operation(page: str) -> None:
    for operation in operations():
        assert f'id="{operation.name}"' in page, operation.name
        assert operation.path in page


def test_every_link_on_the_page_leads_somewhere(page: str) -> None:
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids
    assert len(ids) == len(re.findall(r'id="([^"]+)"', page))


def test_the_page_needs_nothing_of_others(page: str) -> None:
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def test_the_guide_names_every_operation() -> None:
    guide = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    for operation in operations():
        path = operation.path.removeprefix("/api/v1/workspaces")
        assert f"`{operation.verb.upper()} {path}`" in guide, f"{operation.verb.upper()} {path}"
