"""Fetching an address that somebody gave: only from the open internet, from the very machine that was looked at, and not for long.

A name is resolved once; each of its addresses must be public; the connection goes to the address that was checked, so that a
name which answers differently the second time (DNS rebinding) gains nothing. No proxy of the environment is asked.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.utils.datastructures import CaseInsensitiveMapping

SECONDS = 7.0  # for all of it: name, connection, redirects, the last byte
MOST = 100_000  # bytes of an answer
LONGEST = 2000  # characters of an address
REDIRECTS = (301, 302, 303, 307, 308)
PORTS = {"http": 80, "https": 443}
Resolve = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# of IPv6 only what is given to somebody, without the parts of it that lead into IPv4 or nowhere
GLOBAL_6 = ipaddress.ip_network("2000::/3")
NOT_GLOBAL = [
    ipaddress.ip_network(words)
    for words in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
# never, whatever the operator allows: this network, multicast, reserved, and where clouds keep their machines' secrets
NEVER = [ipaddress.ip_network(words) for words in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "ff00::/8", "fe80::/10", "fd00:ec2::/32")]  # fmt: skip


class Unfetchable(ValueError):
    """Why nothing was fetched, in words."""


@dataclass(frozen=True)
class Fetched:
    """An answer, as far as it was asked for."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Target:
    """An address that may be asked: `ip` is where the connection goes, `host` what it is asked for."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str

    @property
    def name(self) -> str:
        """As the Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def names(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system finds them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None, most: int = MOST,
    redirects: int = 0, resolve: Resolve = names,
) -> Fetched:  # fmt: skip
    """Ask an address that somebody gave. Raises Unfetchable; a redirect beyond `redirects` is an answer like any other."""
    until = time.monotonic() + SECONDS
    while True:
        target = check(url, resolve=resolve, until=until)
        found = _ask(target, method, body, headers or {}, most, until)
        where = found.headers.get("Location", "")
        if found.status not in REDIRECTS or not where or redirects <= 0:
            return found
        url, redirects = _onward(url, where), redirects - 1
        if target.scheme == "https" and not url.startswith("https:"):
            raise Unfetchable("The address leads from https to http.")


def _onward(url: str, where: str) -> str:
    """Where a redirect leads, which may be anything."""
    try:
        return urljoin(url, where)
    except ValueError as error:
        raise Unfetchable("The address leads to something that is none.") from error


def check(url: str, *, resolve: Resolve = names, until: float | None = None) -> Target:
    """Where an address leads, when that is a place that may be asked; its name is resolved here and nowhere else."""
    scheme, host, port, path = _parts(url)
    literal = _literal(host)
    found = [str(literal)] if literal else _resolved(host, port, resolve, until or time.monotonic() + SECONDS)
    for one in found:
        _must_be_open(one)
    return Target(scheme, host, port, found[0], path)


def look(url: str) -> str:
    """The scheme of an address that may be asked later: what can be said without a name server. Raises Unfetchable."""
    scheme, host, _, _ = _parts(url)
    if _literal(host):
        _must_be_open(host)
    return scheme


def _parts(url: str) -> tuple[str, str, int, str]:
    if not url or len(url) > LONGEST or re.search(r"[\x00-\x20\x7f-\x9f\\]", url):
        raise Unfetchable("That is not a web address.")
    try:
        parts = urlsplit(url)
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError as error:
        raise Unfetchable("That is not a web address.") from error
    if parts.scheme not in PORTS:
        raise Unfetchable("The address must start with https:// or http://.")
    if "@" in parts.netloc:
        raise Unfetchable("The address may not hold a user name or password.")
    if port not in settings.OUTWARD_PORTS:
        raise Unfetchable(f"Only the ports {', '.join(str(one) for one in settings.OUTWARD_PORTS)} are asked.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + ("?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else "")  # fmt: skip
    return parts.scheme, _host(parts.hostname or ""), port, path


def _host(said: str) -> str:
    """The name in ASCII. One that ends in a number is an IPv4 address in its usual form or nothing."""
    if ":" in said:
        if "%" in said:
            raise Unfetchable("The address may not name a network interface.")
        return said
    try:
        host = said.encode("idna").decode().lower().rstrip(".")
    except UnicodeError as error:
        raise Unfetchable("The name of the host is not one.") from error
    if not re.fullmatch(r"[a-z0-9]([a-z0-9_.-]{0,251}[a-z0-9])?", host) or ".." in host:
        raise Unfetchable("The name of the host is not one.")
    numeric = re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rpartition(".")[2])
    if numeric and _literal(host) is None:
        raise Unfetchable("An IP address is written as four numbers, such as 93.184.215.14.")
    return host


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _resolved(host: str, port: int, resolve: Resolve, until: float) -> list[str]:
    """The name's addresses. The system's resolver knows no time limit, so it is waited for on a thread of its own."""
    found: list[str] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):  # no such name: found stays empty
            found.extend(resolve(host, port))

    asking = threading.Thread(target=ask, daemon=True, name="resolve")
    asking.start()
    asking.join(max(0.0, until - time.monotonic()))
    if not (answer := list(found)):
        raise Unfetchable(f"There is no host {host[:100]}.")
    return answer


def _must_be_open(ip: str) -> None:
    address = _literal(ip)
    if address is None or not is_open(address):
        raise Unfetchable("The address leads into a private network.")


def is_open(address: Address) -> bool:
    """Whether an address is one of the open internet; or, where the operator allows it, of a private network."""
    if any(address in network for network in NEVER if network.version == address.version) or _hides_ipv4(address):
        return False
    if settings.OUTWARD_ALLOW_PRIVATE:
        return True
    known = address.version == 4 or address in GLOBAL_6
    return known and not any(address in network for network in NOT_GLOBAL if network.version == address.version)


def _hides_ipv4(address: Address) -> bool:
    """IPv6 that stands for an IPv4 address: mapped, compatible, translated, 6to4, NAT64, Teredo. Nobody needs it for a public one."""
    if address.version == 4 or address == ipaddress.ip_address("::1"):
        return False
    hidden = ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
    return any(address in ipaddress.ip_network(network) for network in hidden)


def _ask(
    target: Target, method: str, body: bytes | None, headers: Mapping[str, str], most: int, until: float
) -> Fetched:
    """One request and its answer, ended by the clock however slowly the other side speaks."""
    wire = _Wire(target, until)
    told = {
        "Host": target.name,
        "User-Agent": "FlowBoard",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    watch = threading.Timer(max(0.0, until - time.monotonic()), wire.cut)
    watch.daemon = True
    watch.start()
    try:
        wire.request(method, target.path, body, told)
        answer = wire.getresponse()
        found = answer.read(most + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unfetchable(f"{target.host[:100]} {'took too long' if wire.late else 'did not answer'}.") from error
    finally:
        watch.cancel()
        wire.close()
    if wire.late:
        raise Unfetchable(f"{target.host[:100]} took too long.")
    if len(found) > most:
        raise Unfetchable(f"The answer is larger than {most // 1000:,} kB.")
    said = CaseInsensitiveMapping(dict(answer.headers.items()))
    return Fetched(answer.status, answer.headers.get_content_type(), found, said)


class _Wire(http.client.HTTPConnection):
    """A connection to the address that was checked, speaking to the name that was asked for."""

    late = False

    def __init__(self, target: Target, until: float) -> None:
        super().__init__(target.host, target.port)
        self.target, self.until = target, until

    def connect(self) -> None:
        """To the very address; certificate and SNI are the name's."""
        left = max(0.1, self.until - time.monotonic())
        self.sock: Any = socket.create_connection((self.target.ip, self.target.port), left)
        if self.target.scheme == "https":
            trust = ssl.create_default_context()
            self.sock = trust.wrap_socket(self.sock, server_hostname=self.target.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def cut(self) -> None:
        """Time is up: whoever waits for the socket is woken."""
        self.late = True
        if self.sock is not None:
            with suppress(OSError):  # it has ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)
