"""Files on tasks: taken in by their bytes, given out to who may see the task, and never as something that runs."""

import hashlib
import json
import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tasks.actions import share_project
from tasks.actions.attachments import bury_files
from tasks.files import LONGEST_NAME, clean_name, judged
from tasks.jobs import tidy_files
from tasks.models import Attachment, Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Workspace
from workspaces.tests.people import Program, browser, log

PAGE, REST = "/w/acme/t/FLOW-1/attachments/", "/api/v1/workspaces/acme/tasks/FLOW-1/attachments/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def image(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, kind)
    return made.getvalue()


def upload(actor: Actor, *files: tuple[str, bytes], **fields: str) -> Any:
    data = {"file": [SimpleUploadedFile(name, data) for name, data in files], **fields}
    return browser(actor).post(PAGE, data, headers=HTMX)


def read(answer: Any) -> bytes:
    """What was downloaded; the client closes the file behind it."""
    return b"".join(answer.streaming_content)


def sentence(answer: Any) -> str:
    return next(iter(json.loads(answer["HX-Trigger"]).values()))["sentence"]


def rows(actor: Actor) -> list[Attachment]:
    with tenancy.workspace(actor.workspace.pk, atomic=True):
        return list(Attachment.objects.within(actor.workspace).order_by("pk"))


def stored(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def test_a_file_goes_in_and_comes_out(alice: Actor, bob: Actor, cards: list[Task], media: Path) -> None:
    answer = upload(bob, ("Plan ü.pdf", b"%PDF-1.7 words"))
    assert (answer.status_code, sentence(answer)) == (204, "Attached the file Plan ü.pdf to FLOW-1 One")
    (row,) = rows(alice)
    assert (row.size, row.content_type, row.uploader_id) == (14, "application/pdf", bob.user.pk)
    assert row.sha256 == hashlib.sha256(b"%PDF-1.7 words").hexdigest()
    (path,) = stored(media)
    assert path.name != row.name and path.stat().st_mode & 0o077 == 0
    (told,) = log(alice, "file:created")
    assert told.after["name"] == "Plan ü.pdf" and told.subject_key == "FLOW-1" and told.after["sha256"] == row.sha256
    for url, client in ((f"{PAGE}{row.pk}/file/", browser(alice)), (f"{REST}{row.pk}/file", Program(alice).client)):
        got = client.get(url)
        assert read(got) == b"%PDF-1.7 words"
        assert got["Content-Disposition"] == "attachment; filename*=utf-8''Plan%20%C3%BC.pdf"
        assert (got["X-Content-Type-Options"], got["Cache-Control"]) == ("nosniff", "private, no-store")
        assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_rest_takes_a_form_or_a_link(alice: Actor, cards: list[Task]) -> None:
    program = Program(alice)
    made = program.client.post(REST, {"file": SimpleUploadedFile("a.txt", b"hello")})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["kind"], body["name"], body["size"], body["content_type"]) == ("file", "a.txt", 5, "text/plain")
    assert body["uploader"]["name"] == "Alice" and body["url"].endswith(f"{body['id']}/file")
    assert program.post("tasks/FLOW-1/attachments/", {"url": "https://example.com/"}).json()["kind"] == "link"
    assert [one["kind"] for one in program.get("tasks/FLOW-1/attachments/").json()["results"]] == ["file", "link"]
    assert program.get(f"tasks/FLOW-1/attachments/{body['id']}/").json() == body
    assert program.delete(f"tasks/FLOW-1/attachments/{body['id']}/").status_code == 204
    assert program.get(f"tasks/FLOW-1/attachments/{body['id']}/file").status_code == 404


def test_the_same_key_keeps_one_file(alice: Actor, cards: list[Task], media: Path) -> None:
    client = Program(alice).client
    for _ in range(2):
        answer = client.post(REST, {"file": SimpleUploadedFile("a.txt", b"x")}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201
    assert len(rows(alice)) == len(stored(media)) == 1


@pytest.mark.parametrize("fields", [{"more": "x"}, {"url": "https://example.com/"}])
def test_unknown_fields_are_refused(alice: Actor, cards: list[Task], media: Path, fields: dict[str, str]) -> None:
    assert upload(alice, ("a.txt", b"x"), **fields).status_code == 422
    answer = Program(alice).client.post(REST, {"file": SimpleUploadedFile("a.txt", b"x"), **fields})
    assert answer.status_code == 400 and next(iter(fields)) in answer.json()["errors"]
    assert not stored(media) and not rows(alice)


def test_what_cannot_be_kept_is_named_and_leaves_nothing(
    alice: Actor, cards: list[Task], media: Path, settings: Any
) -> None:
    settings.MAX_FILE = 1024 * 1024
    large = upload(alice, ("good.txt", b"x"), ("large.bin", b"x" * (settings.MAX_FILE + 1)))
    assert (large.status_code, sentence(large)) == (422, "large.bin is larger than 1 MB.")
    assert sentence(upload(alice, ("empty.txt", b""))) == "empty.txt is empty."
    assert upload(alice, *((f"{n}.txt", b"x") for n in range(21))).status_code == 422
    assert upload(alice).status_code == 422
    assert not stored(media) and not rows(alice)


def test_who_may_not_leaves_nothing(
    alice: Actor, gus: Actor, eve: Actor, project: Project, cards: list[Task], media: Path
) -> None:
    assert upload(gus, ("a.txt", b"x")).status_code == 404
    share_project(alice, project, person=gus.user, grant="view_project")
    assert upload(gus, ("a.txt", b"x")).status_code == 403
    assert upload(eve, ("a.txt", b"x")).status_code == 404
    assert not stored(media)
    upload(alice, ("a.txt", b"x"))
    (row,) = rows(alice)
    url = f"{PAGE}{row.pk}/file/"
    assert read(browser(gus).get(url)) == b"x"
    assert browser(gus).delete(f"{PAGE}{row.pk}/", headers=HTMX).status_code == 403
    assert browser(eve).get(url).status_code == 404


def test_who_may_not_is_refused_before_a_byte_is_kept(
    alice: Actor, gus: Actor, project: Project, cards: list[Task], media: Path, settings: Any
) -> None:
    """Here the store can keep nothing, so that whoever reaches it fails otherwise."""
    settings.MEDIA_ROOT = media / "no folder"
    settings.MEDIA_ROOT.write_bytes(b"")
    share_project(alice, project, person=gus.user, grant="comment_project")
    assert upload(gus, ("a.txt", b"x")).status_code == 403
    answer = Program(gus).client.post(REST, {"file": SimpleUploadedFile("a.txt", b"x")})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    elsewhere = Program(alice).client.post(REST.replace("-1/", "-99/"), {"file": SimpleUploadedFile("a.txt", b"x")})
    assert (elsewhere.status_code, elsewhere["Content-Type"]) == (404, "application/problem+json")
    with pytest.raises(OSError, match="no folder"):
        upload(alice, ("a.txt", b"x"))


def test_the_plan_limits_what_is_kept(alice: Actor, cards: list[Task], media: Path, settings: Any) -> None:
    upload(alice, ("a.txt", b"x"))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Workspace.objects.filter(pk=alice.workspace.pk).update(plan="free")
        Attachment.objects.within(alice.workspace).update(size=1024**3)
    assert upload(alice, ("b.txt", b"x")).status_code == 402
    assert len(stored(media)) == 1


def test_removing_can_be_undone_for_thirty_days(alice: Actor, cards: list[Task], media: Path) -> None:
    upload(alice, ("a.txt", b"x"))
    (row,) = rows(alice)
    removed = browser(alice).delete(f"{PAGE}{row.pk}/", headers=HTMX)
    assert sentence(removed) == "Removed the file a.txt from FLOW-1 One"
    assert browser(alice).get(f"{PAGE}{row.pk}/file/").status_code == 404
    change = json.loads(removed["HX-Trigger"])["flowboard:done"]["change"]
    assert browser(alice).post(f"/w/acme/changes/{change}/undo/", headers=HTMX).status_code == 204
    assert read(browser(alice).get(f"{PAGE}{row.pk}/file/")) == b"x"
    assert [one.event for one in log(alice) if one.event.startswith("file:")] == [
        "file:created",
        "file:deleted",
        "file:recovered",
    ]
    again = browser(alice).delete(f"{PAGE}{row.pk}/", headers=HTMX)
    assert not bury_files(alice.workspace.pk, now=timezone.now() + timedelta(days=29))
    assert len(bury_files(alice.workspace.pk, now=timezone.now() + timedelta(days=31))) == 1
    assert not stored(media)
    change = json.loads(again["HX-Trigger"])["flowboard:done"]["change"]
    late = browser(alice).post(f"/w/acme/changes/{change}/undo/", headers=HTMX)
    assert late.status_code == 409 and "deleted for good" in sentence(late)


def test_an_orphan_is_swept_and_a_file_with_a_row_is_not(alice: Actor, cards: list[Task], media: Path) -> None:
    upload(alice, ("a.png", image()))
    kept = stored(media)
    orphan = kept[0].parent / ("0" * 32)
    young = kept[0].parent / ("1" * 32)
    for path in (orphan, young):
        path.write_bytes(b"left behind")
    for path in (*kept, orphan):
        os.utime(path, (0, 0))
    tidy_files(str(alice.workspace.pk))
    assert stored(media) == sorted([*kept, young])


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.png", image(), "image/png"), ("a.JPG", image("JPEG"), "image/jpeg"), ("a.gif", image("GIF"), "image/gif"), ("a.webp", image("WEBP"), "image/webp"),
        ("a.jpg", image(), "?"), ("a.png", image()[:40], "?"), ("a.png", b"<html>", "?"), ("a.png", image()[:8] + b"<script>", "?"), ("a.txt", image(), "?"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "?"), ("a.html", b"<script>alert(1)</script>", "?"),
        ("a.pdf", b"%PDF-1.4", "application/pdf"), ("a.pdf", b"<html>%PDF-", "?"), ("a", b"%PDF-1.4", "?"), ("a.txt", "für alle".encode(), "text/plain"),
        ("a.txt", b"a\x00b", "?"), ("a.txt", b"\xff\xfe", "?"), ("a.txt", ("ü" * 65_536).encode()[1:], "?"), ("a.csv", ("xü" * 65_536).encode(), "text/csv"),
        ("a.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("a.exe", b"MZ", "?"), ("a.png.html", image(), "?"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
    ],
)  # fmt: skip
def test_name_and_bytes_must_agree(name: str, data: bytes, kind: str) -> None:
    found, drawn = judged(name, BytesIO(data))
    assert found == ("application/octet-stream" if kind == "?" else kind)
    assert bool(drawn) == found.startswith("image/")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\evil\\a.txt", "a.txt"), ("a\u202egnp.exe", "agnp.exe"), ("a\x00\n\tb.txt", "ab.txt"), ("", "file"), ("...", "file"),
        (" a  b .txt ", "a b .txt"), ("\u2066\u200f", "file"), (".gitignore", ".gitignore"), ("e\u0301.txt", "é.txt"), ("a\ud800.txt", "a.txt"),
    ],
)  # fmt: skip
def test_names_are_harmless(said: str, kept: str) -> None:
    assert clean_name(said) == kept


def test_a_long_name_keeps_its_end() -> None:
    for name in ("x" * 5000 + ".pdf", "x" * 5000, "." + "x" * 5000):
        assert 0 < len(clean_name(name)) <= LONGEST_NAME
    assert clean_name("x" * 5000 + ".pdf").endswith("x.pdf")


def test_images_are_shown_as_we_draw_them(alice: Actor, cards: list[Task], media: Path) -> None:
    photo = BytesIO()
    Image.new("RGB", (3000, 1500), "teal").save(photo, "JPEG", comment=b"<script>secret</script>")
    upload(alice, ("photo.jpg", photo.getvalue()), ("fake.svg", b"<svg/>"))
    shown, fake = rows(alice)
    got = browser(alice).get(f"{PAGE}{shown.pk}/preview/")
    drawn = read(got)
    assert got["Content-Type"] == "image/webp" and b"secret" not in drawn
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with Image.open(BytesIO(drawn)) as picture:
        assert picture.size == (1280, 640)
    assert browser(alice).get(f"{PAGE}{fake.pk}/preview/").status_code == 404
    page = browser(alice).get("/w/acme/t/FLOW-1/").content.decode()
    assert f"{PAGE}{shown.pk}/preview/" in page and f"{PAGE}{fake.pk}/preview/" not in page
    for row in (shown, fake):
        got = browser(alice).get(f"{PAGE}{row.pk}/file/")
        assert read(got) and got["Content-Disposition"].startswith("attachment;")


def test_a_bomb_is_only_bytes(alice: Actor, cards: list[Task]) -> None:
    made = BytesIO()
    Image.new("L", (8000, 8000)).save(made, "PNG")
    assert upload(alice, ("bomb.png", made.getvalue())).status_code == 204
    assert rows(alice)[0].content_type == "application/octet-stream"


def test_a_row_whose_file_is_gone_is_a_404(alice: Actor, cards: list[Task], media: Path) -> None:
    upload(alice, ("a.txt", b"x"))
    stored(media)[0].unlink()
    assert browser(alice).get(f"{PAGE}{rows(alice)[0].pk}/file/").status_code == 404


def test_nothing_of_the_store_has_an_address_of_its_own(alice: Actor, cards: list[Task], media: Path) -> None:
    upload(alice, ("a.txt", b"x"))
    (path,) = stored(media)
    name = path.relative_to(media)
    for url in (f"/media/{name}", f"/static/{name}", f"/{name}", f"/avatars/{path.name}", f"/avatars/{path.name}.webp"):
        assert browser(alice).get(url).status_code == 404


def test_links_can_be_added_and_taken_off_on_the_page(alice: Actor, cards: list[Task]) -> None:
    client = browser(alice)
    answer = client.post(
        PAGE, "url=https%3A%2F%2Fexample.com%2Fa", headers=HTMX, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 204
    row = rows(alice)[-1]
    assert client.get(f"{PAGE}{row.pk}/file/").status_code == 404
    assert sentence(client.delete(f"{PAGE}{row.pk}/", headers=HTMX)) == "Removed https://example.com/a from FLOW-1 One"


def test_the_limit_stands_in_the_page(alice: Actor, cards: list[Task]) -> None:
    assert f'data-most="{settings.MAX_FILE}"' in browser(alice).get("/w/acme/t/FLOW-1/").content.decode()
