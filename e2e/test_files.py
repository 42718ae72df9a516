"""Files on a task by hand: chosen, dropped, pasted; looked at, taken off, brought back."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tasks.actions import share_project
from tasks.models import Project, Task
from workspaces.actor import Actor

from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures of what was seen
DROP = """(names) => { const data = new DataTransfer(); for (const name of names) data.items.add(new File(["words of " + name], name, { type: "text/plain" }));
  for (const kind of ["dragenter", "dragover", "drop"]) document.querySelector("#pane .pane-head").dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data })); }"""
PASTE = """async () => { const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 40 });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png")), data = new DataTransfer();
  data.items.add(new File([blob], "image.png", { type: "image/png" }));
  document.querySelector("#comment-body").dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data })); }"""


def photo() -> bytes:
    made = BytesIO()
    Image.linear_gradient("L").resize((1600, 1000)).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def test_files_come_and_go(enter: Enter, alice: Actor, project: Project, cards: list[Task]) -> None:
    page = enter(alice, "/w/acme/t/FLOW-1/", fine=("413", "422"))
    files = page.locator("#file-list .file:not(.is-coming)")
    shot(page, "empty")
    page.set_input_files("#file-input", [{"name": "Sketch of the harbour.jpg", "mimeType": "image/jpeg", "buffer": photo()}, {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])  # fmt: skip
    expect(files).to_have_count(2)
    page.evaluate(DROP, ["notes.txt", "a very long name that does not fit into the width of the pane " * 2 + ".txt"])
    expect(files).to_have_count(4)
    page.evaluate(PASTE)
    expect(files).to_have_count(5)
    expect(files.last).to_contain_text("Picture ")
    expect(page.locator(".toast").last).to_contain_text("Attached the file Picture")

    page.set_input_files("#file-input", [{"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}])
    expect(page.locator(".file.is-coming")).to_contain_text("empty, or a folder")
    shot(page, "faults")
    page.get_by_role("button", name="Dismiss empty.txt").click()
    expect(page.locator(".file.is-coming")).to_have_count(0)

    with page.expect_download() as got:
        page.get_by_role("link", name="notes.txt", exact=True).click()
    assert got.value.suggested_filename == "notes.txt" and Path(got.value.path()).read_text() == "words of notes.txt"
    face = page.get_by_role("button", name="Look at Sketch of the harbour.jpg")
    face.click()
    picture = page.locator("dialog.picture img")
    expect(picture).to_be_visible()
    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 1280
    shot(page, "picture")
    page.keyboard.press("Escape")
    expect(picture).to_have_count(0)
    expect(face).to_be_focused()

    page.get_by_role("button", name="Remove Plan.pdf").click()
    expect(files).to_have_count(4)
    page.locator(".toast", has_text="Removed the file Plan.pdf").get_by_role("button", name="Undo").click()
    expect(files).to_have_count(5)
    page.get_by_role("button", name="Add link").click()
    page.locator("#link-url").fill("https://example.com/spec")
    page.keyboard.press("Enter")
    expect(files).to_have_count(6)
    expect(page.locator("#link-new")).to_be_hidden()
    shot(page, "full")
    if SHOTS:
        page.emulate_media(color_scheme="dark")
        shot(page, "full-dark")
        page.set_viewport_size({"width": 375, "height": 800})
        page.locator("#pane-files").scroll_into_view_if_needed()
        shot(page, "phone-dark")
        page.emulate_media(color_scheme="light")
        shot(page, "phone")


def test_who_only_reads_sees_and_downloads(
    enter: Enter, alice: Actor, gus: Actor, project: Project, cards: list[Task]
) -> None:
    share_project(alice, project, person=gus.user, grant="view_project")
    page = enter(alice, "/w/acme/t/FLOW-1/")
    page.set_input_files("#file-input", [{"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])
    expect(page.locator("#file-list .file")).to_have_count(1)
    reader = enter(gus, "/w/acme/t/FLOW-1/")
    expect(reader.get_by_role("link", name="Plan.pdf", exact=True)).to_be_visible()
    expect(reader.locator("#pane-files button, #pane-files input")).to_have_count(0)
