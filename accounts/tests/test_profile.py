"""The profile: name, time zone, keys, theme, picture."""

import json
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts import actions
from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import browser

URL = "/profile/"
HTMX = {"HX-Request": "true"}
ABOUT = {"part": "about", "name": "Alice L", "time_zone": "Europe/Vienna", "single_keys": "on"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def fresh(actor: Actor) -> User:
    return User.objects.get(pk=actor.user.pk)


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 300)) -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, kind)
    return SimpleUploadedFile(f"me.{kind.lower()}", made.getvalue())


def test_about_is_saved(alice: Actor) -> None:
    answer = browser(alice).post(URL, ABOUT, headers=HTMX)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["flowboard:done"]["sentence"] == "Profile saved"
    user = fresh(alice)
    assert (user.name, user.time_zone, user.single_keys) == ("Alice L", "Europe/Vienna", True)


def test_an_unchecked_switch_is_off(alice: Actor) -> None:
    browser(alice).post(URL, {key: value for key, value in ABOUT.items() if key != "single_keys"}, headers=HTMX)
    assert fresh(alice).single_keys is False


def test_without_htmx_the_page_comes_again(alice: Actor) -> None:
    assert browser(alice).post(URL, ABOUT).url == URL


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "x" * 1_000_000),
        ("name", "a\x00b"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
    ],
)
def test_what_is_wrong_is_named(alice: Actor, field: str, value: str) -> None:
    for headers in (HTMX, {}):
        answer = browser(alice).post(URL, ABOUT | {field: value}, headers=headers)
        assert answer.status_code == 422
        assert field in answer.context["about"].errors
    assert fresh(alice).name == "Alice"


@pytest.mark.parametrize(("sent", "kept"), [("dark", "dark"), ("light", "light"), ("", "system"), ("system", "system")])
def test_the_theme_applies_to_every_page(alice: Actor, sent: str, kept: str) -> None:
    client = browser(alice)
    assert client.post(URL, {"theme": sent}, headers=HTMX | {"X-Part": "theme"}).status_code == 204
    assert fresh(alice).theme == kept
    shown = f'data-theme="{kept}"' in client.get(URL).content.decode()
    assert shown == (kept != "system")


def test_an_unknown_theme_is_refused(alice: Actor) -> None:
    answer = browser(alice).post(URL, {"theme": "neon"}, headers=HTMX | {"X-Part": "theme"})
    assert answer.status_code == 422
    assert "theme" in json.loads(answer["HX-Trigger"])["flowboard:refused"]["fields"]


def test_single_keys_are_switched_from_the_list_of_keys(alice: Actor) -> None:
    client = browser(alice)
    assert client.post(URL, {"single_keys": "0"}, headers=HTMX | {"X-Part": "keys"}).status_code == 204
    assert 'data-single-keys="off"' in client.get(URL).content.decode()
    assert client.post(URL, {"single_keys": "1"}, headers=HTMX | {"X-Part": "keys"}).status_code == 204
    assert fresh(alice).single_keys is True
    assert client.post(URL, {"single_keys": "maybe"}, headers=HTMX | {"X-Part": "keys"}).status_code == 422


def test_an_unknown_part_is_refused(alice: Actor) -> None:
    assert browser(alice).post(URL, {"part": "salary"}).status_code == 422


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_drawn_afresh(alice: Actor, kind: str) -> None:
    client = browser(alice)
    assert client.post(URL, {"part": "picture", "picture": picture(kind)}, headers=HTMX).status_code == 204
    served = client.get(fresh(alice).avatar_url)
    assert served["Content-Type"] == "image/webp"
    assert served["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(b"".join(served.streaming_content))) as image:
        assert (image.format, image.size) == ("WEBP", (256, 256))


def test_nothing_but_pixels_is_kept(alice: Actor) -> None:
    made = BytesIO()
    image = Image.new("RGB", (300, 300))
    exif = image.getexif()
    exif[0x010E] = "where I live"
    image.save(made, "JPEG", exif=exif)
    browser(alice).post(
        URL, {"part": "picture", "picture": SimpleUploadedFile("me.jpg", made.getvalue() + b"<script>")}, headers=HTMX
    )
    with default_storage.open(fresh(alice).avatar.name) as file:
        kept = file.read()
    assert b"where I live" not in kept
    assert b"<script>" not in kept


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n broken",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_refused(alice: Actor, upload: bytes) -> None:
    for headers in (HTMX, {}):
        answer = browser(alice).post(
            URL, {"part": "picture", "picture": SimpleUploadedFile("me.png", upload)}, headers=headers
        )
        assert answer.status_code == 422
    assert not fresh(alice).avatar


def test_a_bomb_is_refused(alice: Actor) -> None:
    answer = browser(alice).post(URL, {"part": "picture", "picture": picture(size=(10_000, 10_000))}, headers=HTMX)
    assert answer.status_code == 422
    assert "picture" in json.loads(answer["HX-Trigger"])["flowboard:refused"]["fields"]


def test_a_missing_or_misnamed_picture_is_refused(alice: Actor) -> None:
    assert browser(alice).post(URL, {"part": "picture"}, headers=HTMX).status_code == 422
    assert browser(alice).post(URL, {"part": "picture", "picture": "just words"}, headers=HTMX).status_code == 422


def test_the_old_picture_goes(alice: Actor, django_capture_on_commit_callbacks) -> None:
    client = browser(alice)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, {"part": "picture", "picture": picture()}, headers=HTMX)
    first = fresh(alice)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, {"part": "picture", "picture": picture()}, headers=HTMX)
    assert client.get(first.avatar_url).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL, {"part": "no-picture"}, headers=HTMX)
    assert fresh(alice).avatar_url == ""
    assert default_storage.listdir("avatars")[1] == []


def test_pictures_are_for_people_who_are_signed_in(alice: Actor) -> None:
    actions.set_avatar(alice.user, picture=picture("WEBP").read())
    assert Client().get(alice.user.avatar_url).status_code == 302
    assert browser(alice).get(reverse("avatar", args=["0" * 32 + ".webp"])).status_code == 404
    assert browser(alice).get("/avatars/../settings.py").status_code == 404


def test_nobody_is_asked_to_sign_in(db: None) -> None:
    assert Client().get(URL).url == f"{reverse('account_login')}?next={URL}"
    assert Client().post(URL, ABOUT).status_code == 302


def test_nothing_is_written_when_nothing_changed(alice: Actor, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        actions.choose_theme(alice.user, theme=alice.user.theme)
        actions.update_profile(alice.user, name="Alice", time_zone="UTC", single_keys=True)
        actions.remove_avatar(alice.user)


def test_a_name_is_one_line(alice: Actor) -> None:
    """It stands in the subjects of mails, where a second line is refused."""
    browser(alice).post(URL, ABOUT | {"name": "Alice\r\nBcc: eve@example.com"}, headers=HTMX)
    assert fresh(alice).name == "Alice Bcc: eve@example.com"
