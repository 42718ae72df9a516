"""Addresses that people give lead into the open internet and nowhere else, also after a redirect or a second answer of the name server."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from ipaddress import ip_address
from typing import Any

import pytest
from PIL import Image

from accounts import avatars, outward
from accounts.models import User
from workspaces.actor import Actor
from workspaces.tests.people import browser

from .serving import serving

PUBLIC = "93.184.215.14"


class Listener:
    """Counts who connects to a port of this machine."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.callers = self.socket.getsockname()[1], 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            self.callers += 1
            caller.close()


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    """A listener whose port is one that may be asked."""
    made = Listener()
    settings.OUTWARD_PORTS = [80, 443, made.port]
    yield made
    made.socket.close()


class Site(http.server.ThreadingHTTPServer):
    """What was asked of it, where its redirects lead, and whether the test is over."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: list[tuple[str, str]] = []
        self.leads: dict[str, str] = {}
        self.over = threading.Event()


class Page(http.server.BaseHTTPRequestHandler):
    """Answers by the path: a picture, a redirect, endless bytes, a drip."""

    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        kind, _, rest = self.path[1:].partition("/")
        if kind == "to":
            self.send_response(302)
            self.send_header("Location", self.server.leads[rest])
            self.end_headers()
        elif kind == "drip":
            self._drip()
        else:
            self.send_response(404 if kind == "none" else 200)
            self.end_headers()
            with suppress(OSError):  # nobody reads so much
                self.wfile.write({"picture": picture(), "large": b"x" * 6_000_000}.get(kind, b"words"))

    do_POST = do_GET

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        with suppress(OSError):
            while not self.server.over.wait(0.02):
                self.wfile.write(b"x")

    def log_message(self, *words: Any) -> None:
        """Quiet."""


@pytest.fixture
def site(settings: Any) -> Iterator[Any]:
    """A web server of somebody, on this machine, where the operator allows that."""
    up = Site(("127.0.0.1", 0), Page)
    settings.OUTWARD_PORTS, settings.OUTWARD_ALLOW_PRIVATE = [up.server_port], True
    with serving(up):
        yield up
        up.over.set()


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(made, "PNG")
    return made.getvalue()


HOSTS = [
    "127.0.0.1", "127.1", "127.0.0.2", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST",
    "localhost.", "ip6-localhost", "0.0.0.0", "0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.0.1",
    "100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "192.88.99.1", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:93.184.215.14]", "[fe80::1]",
    "[fe80::1%25lo]", "[fe80::1%lo]", "[fc00::1]", "[fd12:3456::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[100::1]", "[::ffff:0:127.0.0.1]", "[4000::1]", "１２７.０.０.１", "①②⑦.0.0.1", "127。0。0。1", "1.2.3", "1.2.3.4.5", "0x", "1.2.3.0x10", "",
    "-", "a..b", "a b", "a\\b", "a_b@127.0.0.1", "user:secret@example.com", "example.com\\@127.0.0.1", "example.com#@127.0.0.1",
]  # fmt: skip
OTHERS = [
    "", "example.com", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:70/_x", "javascript:alert(1)", "data:text/plain,x", "dict://127.0.0.1:11211/",
    "unix:///run/redis.sock", "http://example.com:22/", "http://example.com:6379/", "http://example.com:0/", "http://example.com:99999/", "http://example.com:x/", "http://[::1/",
    "http://exa\nmple.com/", "http://example.com/\r\nX: y", "http://example.com/\x00", "\thttp://127.0.0.1/", "http://" + "a" * 3000, "http:/127.0.0.1/", "http:127.0.0.1", "https://" + "a" * 300 + ".com/",
]  # fmt: skip


def nothing(host: str, port: int) -> list[str]:
    """A name server that knows only what the system's hosts file would say."""
    return ["127.0.0.1"] if "localhost" in host else []


@pytest.mark.parametrize("url", [*(f"http://{host}:PORT/" for host in HOSTS), *OTHERS])
def test_it_does_not_even_connect(url: str, listener: Listener) -> None:
    with pytest.raises(outward.Unfetchable):
        outward.fetch(url.replace("PORT", str(listener.port)), resolve=nothing)
    assert listener.callers == 0


def test_the_list_is_long() -> None:
    assert len(HOSTS) + len(OTHERS) >= 90


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], [PUBLIC, "fe80::1%lo"], ["garbage"]],
)
def test_one_private_address_of_a_name_is_enough(answers: list[str], listener: Listener) -> None:
    with pytest.raises(outward.Unfetchable, match="private network"):
        outward.fetch(f"http://innocent.example:{listener.port}/", resolve=lambda host, port: answers)
    assert listener.callers == 0


def test_a_name_is_asked_once_and_the_connection_goes_where_was_looked(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers with a public address first and with this machine afterwards."""
    said: list[str] = []
    gone: list[Any] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        said.append(PUBLIC if not said else "127.0.0.1")
        return said[-1:]

    def unreachable(address: Any, *rest: Any) -> Any:
        gone.append(address)
        raise OSError("there is no internet in a test")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    with pytest.raises(outward.Unfetchable, match="did not answer"):
        outward.fetch(f"http://rebinding.example:{listener.port}/", resolve=rebinding)
    assert (said, gone, listener.callers) == ([PUBLIC], [(PUBLIC, listener.port)], 0)


def test_it_asks_for_the_name_and_not_for_the_number(site: Any) -> None:
    found = outward.fetch(
        f"http://pictures.example:{site.server_port}/a%20b?c=d", resolve=lambda host, port: ["127.0.0.1"]
    )
    assert (found.status, found.body) == (200, b"words")
    assert site.asked == [(f"pictures.example:{site.server_port}", "/a%20b?c=d")]


def test_a_redirect_is_an_answer_unless_wanted(site: Any) -> None:
    site.leads["a"] = "/elsewhere"
    assert outward.fetch(f"http://127.0.0.1:{site.server_port}/to/a").status == 302
    assert outward.fetch(f"http://127.0.0.1:{site.server_port}/to/a", redirects=1).body == b"words"


def test_redirects_are_looked_at_like_the_first(site: Any, listener: Listener, settings: Any) -> None:
    """The first hop is allowed by name; each that follows must pass by itself."""
    settings.OUTWARD_PORTS = [80, site.server_port, listener.port]
    one = f"http://127.0.0.1:{site.server_port}"
    leads = (
        f"http://169.254.169.254:{listener.port}/",
        f"http://[::ffff:127.0.0.1]:{listener.port}/",
        "file:///etc/passwd",
        "http://a:b@127.0.0.1/",
        f"http://0x7f.1:{listener.port}/",
        "//127.0.0.1:22/",
    )
    for number, to in enumerate(leads):
        site.leads[str(number)] = to
        with pytest.raises(outward.Unfetchable):
            outward.fetch(f"{one}/to/{number}", redirects=3)
    site.leads["round"] = "/to/round"
    assert outward.fetch(f"{one}/to/round", redirects=3).status == 302
    assert listener.callers == 0
    assert len(site.asked) == len(leads) + 4


@pytest.mark.parametrize("to", ["http://[", "http://[::1", "//[x]/", "http://a:b:c/"])
def test_a_redirect_that_is_no_address_is_no_fault_of_ours(site: Any, to: str) -> None:
    site.leads["broken"] = to
    with pytest.raises(outward.Unfetchable):
        outward.fetch(f"http://127.0.0.1:{site.server_port}/to/broken", redirects=3)


def test_a_public_page_that_leads_home_finds_nobody(
    site: Any, listener: Listener, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole guard on: only the wire is turned, so that the public address is our own server."""
    settings.OUTWARD_ALLOW_PRIVATE, settings.OUTWARD_PORTS = False, [site.server_port, listener.port]
    site.leads["home"] = f"http://home.example:{listener.port}/"
    connect = socket.create_connection
    turned = lambda address, *rest: connect(("127.0.0.1", address[1]) if address[0] == PUBLIC else address, *rest)  # noqa: E731
    monkeypatch.setattr(socket, "create_connection", turned)
    book = {"public.example": [PUBLIC], "home.example": ["127.0.0.1"]}
    with pytest.raises(outward.Unfetchable, match="private network"):
        outward.fetch(
            f"http://public.example:{site.server_port}/to/home", redirects=3, resolve=lambda host, port: book[host]
        )
    assert (len(site.asked), listener.callers) == (1, 0)


def test_too_much_and_too_slow_end(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = f"http://127.0.0.1:{site.server_port}"
    with pytest.raises(outward.Unfetchable, match="larger than 100 kB"):
        outward.fetch(f"{one}/large")
    monkeypatch.setattr(outward, "SECONDS", 0.3)
    with pytest.raises(outward.Unfetchable, match="took too long"):
        outward.fetch(f"{one}/drip")
    asleep = threading.Event()
    with pytest.raises(outward.Unfetchable, match="no host"):
        outward.fetch(f"http://slow.example:{site.server_port}/", resolve=lambda host, port: [str(asleep.wait(3))])
    asleep.set()


def test_no_proxy_of_the_environment_is_asked(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert outward.fetch(f"http://127.0.0.1:{site.server_port}/").status == 200


def test_even_an_operator_who_allows_private_networks_keeps_some_out(settings: Any) -> None:
    settings.OUTWARD_ALLOW_PRIVATE = True
    for ip in ("127.0.0.1", "10.0.0.1", "fd12::1", "::1", PUBLIC):
        assert outward.is_open(ip_address(ip)), ip
    for ip in ("169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "::", "224.0.0.1", "::ffff:10.0.0.1"):
        assert not outward.is_open(ip_address(ip)), ip


def test_the_open_internet_is_open() -> None:
    for ip in (PUBLIC, "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::5"):
        assert outward.is_open(ip_address(ip)), ip


@pytest.mark.django_db
def test_a_profile_picture_from_an_address(alice: Actor, site: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, one = browser(alice), f"http://127.0.0.1:{site.server_port}"
    site.leads["picture"] = "/picture"
    for path, status in (("/words", 422), ("/none", 422), ("/to/picture", 204)):
        answer = client.post(
            "/profile/", {"part": "picture-address", "address": one + path}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == status, answer.headers
    assert User.objects.get(pk=alice.user.pk).avatar
    settings.OUTWARD_ALLOW_PRIVATE = False
    no = client.post(
        "/profile/", {"part": "picture-address", "address": f"{one}/picture"}, headers={"HX-Request": "true"}
    )
    assert "private network" in json.loads(no["HX-Trigger"])["flowboard:refused"]["fields"]["address"]
    for _ in range(3):
        last = client.post("/profile/", {"part": "picture-address", "address": "x:"}, headers={"HX-Request": "true"})
    assert "too often" in last["HX-Trigger"]


def test_a_picture_that_is_none(site: Any) -> None:
    with pytest.raises(avatars.NotAPicture):
        avatars.portrait_from(f"http://127.0.0.1:{site.server_port}/words")
