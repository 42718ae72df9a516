"""Where a request comes from: the one place that reads X-Forwarded-For, and believes only the proxies that it was told of."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # a Unix socket without a proxy that says more


def client_address(request: HttpRequest) -> str:
    """The address of the last machine that TRUSTED_PROXIES does not name: what stands before it anybody can write."""
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while hops and _trusted(address):
        if not (nearer := _plain(hops.pop())):
            break
        address = nearer
    return address or NOWHERE


def neighbourhood(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 of which one customer holds every IPv6 address."""
    return address if ":" not in address else str(ip_network(f"{address}/64", strict=False).network_address)


def _trusted(address: str) -> bool:
    if not address:  # a Unix socket: only a proxy on this machine can be at its other end
        return "unix" in settings.TRUSTED_PROXIES
    here = ip_address(address)
    return any(here in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@cache
def _networks(names: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(name, strict=False) for name in names if name != "unix"]


def _plain(text: str) -> str:
    """As it is compared and stored: no port, no zone, an IPv4 address not dressed as an IPv6 one; "" for what is none."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
