"""Restarts as clients live through them: python -m bench.restarts [--sockets 1000 --rps 200] [--only PART]

drain (CHECKS.md 22): each of two web processes gets SIGTERM in turn and is started again, as bin/run does, under requests on
new connections, as a proxy without kept ones makes them; nothing in between tries again. storm (23): one process is killed
with -9 under 2,000 sockets. slow (24): a client that reads nothing among others. Clients come back as a browser does.
"""

import argparse
import signal
import socket
import struct
import time

from bench import _stage
from bench._stage import Company, Ears, Pages, Web, Webs, Writer, calls, ms, webs
from bench.sockets import line


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.restarts", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=("drain", "storm", "slow"))
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rps", type=float, default=200)
    options = parser.parse_args()
    _stage.many_files()
    for name, part in (("drain", drain), ("storm", storm), ("slow", slow)):
        if not options.only or name in options.only:
            print(f"\n{name}", flush=True)
            part(options)


def drain(options: argparse.Namespace) -> None:
    firm = _stage.company(options.sockets)
    with webs() as up, Ears() as ears:
        ready(ears, up, firm, options.sockets)
        pages = Pages(up.port, address(firm), firm.cookies[0], options.rps)
        writer = Writer(firm, 10, 40)
        ears.ask("begin", base=firm.head() + 1)
        ears.ask("keep", on=True)
        writer.begin()
        for web in up.all:
            ended = restart(web)
            back = ears.ask("watch", seconds=18)
            line("a process ended after", f"{ended:.1f} s")
            line("back", f"{back['here']} of {back['of']}", f"codes {back['codes']}")
            line("the longest away", f"{back['away']:.1f} s", "≤ 15 s")
        count, failed, p50, p99 = pages.end()
        told = writer.told()
        ears.ask("upto", seq=max(map(int, told)))
        heard = ears.ask("report", told=told)
    line("requests, failed", f"{count}, {len(failed)}", f"0 {failed[:2] or ''}")
    line("p50, p99", f"{p50:.0f} ms, {p99:.0f} ms")
    line("rows not heard in order, doubled", f"{heard['gaps']}, {heard['doubled']}", "0, 0")


def storm(options: argparse.Namespace) -> None:
    """Pages are asked for at a process of their own, as the Procfile has it: at the killed one they would wait until it is up."""
    count = 2 * options.sockets
    firm = _stage.company(count)
    with webs() as up, webs(1) as apart, Ears() as ears:
        ready(ears, up, firm, count)
        calm = Pages(apart.port, address(firm), firm.cookies[0], 25)
        time.sleep(8)
        quiet = calm.end()
        ears.ask("keep", on=True)
        pages = Pages(apart.port, address(firm), firm.cookies[0], 25)
        before = calls()
        up.all[0].process.kill()
        up.all[0].process.wait()
        up.all[0].start()
        back = ears.ask("watch", seconds=25, calm=1)
        asked = calls() - before
        made, failed, _, busy = pages.end()
    line("back", f"{back['here']} of {back['of']}", f"codes {back['codes']}")
    line("the longest away", f"{back['away']:.1f} s", "≤ 20 s")
    line("statements a client, its share of pages too", f"{asked / count:.2f} ({made} pages)", "≤ 1.2")
    line("a REST list meanwhile, p99", f"{busy:.0f} ms, calm {quiet[3]:.0f} ms", "≤ 3 ×")
    line("requests that failed", str(len(failed)), "0")


def slow(options: argparse.Namespace) -> None:
    """The same stretch without and with a client that takes nothing."""
    firm = _stage.company(options.sockets // 5 + 8)
    count = options.sockets // 5
    with webs(1) as up, Ears() as ears:
        ears.ask("open", host=up.host, path=firm.path, cookies=firm.cookies[2:], count=count)
        good = stretch(ears, firm, 20, 10)
        before = up.memory()
        # the kernel would take megabytes for them, and nobody would notice that they are deaf
        up.all[0].listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
        deaf = [shake(up, firm, firm.cookies[0]) for _ in range(3)]
        with_deaf = stretch(ears, firm, 20, 10)
        stretch(ears, firm, 50, 25)
        grown = up.memory() - before
        codes = [read_to_the_end(one) for one in deaf]
    line("good clients, missing", f"{good['missing']}, {with_deaf['missing']}", "0, 0")
    line("p99 without, with", f"{ms(good['p99'])}, {ms(with_deaf['p99'])}", "unchanged")
    line("memory a deaf client, at most", f"{grown / 1024 / len(deaf):.1f} MB", "≤ 2 MB")
    line("what they read in the end", str(codes), "4408")


def stretch(ears: Ears, firm: Company, rate: float, seconds: float) -> dict[str, float]:
    """Rows with long titles are no different: what fills a buffer is their number."""
    writer = Writer(firm, rate, seconds, 10 if rate >= 50 else 1)
    ears.ask("begin", base=firm.head() + 1)
    writer.begin()
    told = writer.told()
    ears.ask("upto", seq=max(map(int, told)))
    return dict(ears.ask("report", told=told))


def ready(ears: Ears, up: Webs, firm: Company, count: int) -> None:
    opened = ears.ask("open", patience=200, host=up.host, path=firm.path, cookies=firm.cookies, count=count)
    line("sockets", f"{opened['placed']} in {opened['seconds']:.1f} s")


def restart(web: Web) -> float:
    began = time.monotonic()
    web.process.send_signal(signal.SIGTERM)
    web.process.wait(_stage.PATIENCE)
    web.start()
    return time.monotonic() - began


def address(firm: Company) -> str:
    return f"/api/v1/workspaces/{firm.slug}/projects/"


def shake(up: Webs, firm: Company, cookie: str) -> socket.socket:
    """Somebody who comes in and then takes nothing."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect(("127.0.0.1", up.port))
    words = (
        f"GET {firm.path}?after=0 HTTP/1.1", f"Host: {up.host}", "Upgrade: websocket", "Connection: Upgrade", f"Cookie: {cookie}",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
    )  # fmt: skip
    wire.sendall("\r\n".join(words).encode())
    wire.recv(16)
    return wire


def read_to_the_end(wire: socket.socket) -> int | str:
    """The code that it is closed with, read at last."""
    wire.settimeout(10)
    heard = b""
    try:
        while piece := wire.recv(65536):
            heard = (heard + piece)[-200:]
    except OSError as error:
        return type(error).__name__
    at = heard.rfind(b"\x88")
    return int(struct.unpack("!H", heard[at + 2 : at + 4])[0]) if at >= 0 else "no word"


if __name__ == "__main__":
    main()
