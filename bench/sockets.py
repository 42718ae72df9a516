"""The stream in figures: how late, how many, how heavy, how quickly back: python -m bench.sockets [--only PART] [--sockets 1000]

flow: people of one workspace on two web processes like those of bin/run, cards moved by the real action from another process:
commit → receipt, and what was missing. saturation: ready-made rows through Redis faster than anybody delivers them, to our
processes and to a bare `websockets` + Redis broadcaster (bench/_bare_sockets.py) in turn. storm: all lines cut, all back in
the same moment. idle: what a socket that hears nothing weighs. The clients are one process (bench/_ears.py).
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable

from bench import _stage
from bench._stage import Company, Ears, Pages, Webs, Writer, calls, ms, webs
from tasks.models import Project

PROCESSES = 2
FLOOD_SECONDS = 8.0
EVENTS = "flowboard:events"


def main() -> None:
    options = parse()
    _stage.many_files()
    for name, part in PARTS.items():
        if not options.only or name in options.only:
            began = time.monotonic()
            print(f"\n{name}", flush=True)
            part(options)
            print(f"  ({time.monotonic() - began:.0f} s)", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sockets", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts alone")
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20, help="changes a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--flood", type=float, default=500, help="rows a second of the saturation")
    parser.add_argument("--idle", type=int, default=5000, help="sockets that hear nothing")
    return parser.parse_args()


def line(name: str, value: str, aim: str = "") -> None:
    print(f"  {name:44} {value:>28}   {aim}", flush=True)


def flow(options: argparse.Namespace) -> None:
    """Each change to each socket."""
    firm = _stage.company(options.sockets)
    with webs(PROCESSES) as up, Ears() as ears:
        opened = ears.ask("open", host=up.host, path=firm.path, cookies=firm.cookies, count=options.sockets)
        writer = Writer(firm, options.rate, options.seconds)
        ears.ask("begin", base=firm.head() + 1)
        used = up.cpu()
        writer.begin()
        told = writer.told()
        ears.ask("upto", seq=max(map(int, told)))
        used = up.cpu() - used
        heard = ears.ask("report", told=told)
    span = max(told.values()) - min(told.values())
    line("sockets", f"{opened['placed']} in {opened['seconds']:.1f} s")
    line("changes", f"{len(told)}, {len(told) / span:.1f} a second")
    line("deliveries", f"{heard['deliveries']} in {heard['frames']} frames")
    line("missing, doubled, resyncs", f"{heard['missing']}, {heard['doubled']}, {heard['resyncs']}", "0, 0, 0")
    line("commit → receipt, p50", ms(heard["p50"]))
    line("commit → receipt, p95", ms(heard["p95"]))
    line("commit → receipt, p99", ms(heard["p99"]), "≤ 250 ms")
    line("commit → receipt, longest", ms(heard["max"]))
    line("CPU of the web processes a delivery", f"{used / heard['deliveries'] * 1e6:.0f} µs")


def saturation(options: argparse.Namespace) -> None:
    """The same rows at the same rate through the same Redis."""
    ours, bare = _flood_ours(options), _flood_bare(options)
    line(f"ours, {options.sockets} sockets", f"{ours:,.0f} deliveries/s")
    line("bare websockets + Redis", f"{bare:,.0f} deliveries/s")
    line("ours / bare", f"{ours / bare:.2f}", "≥ 0.80")


def _flood_ours(options: argparse.Namespace) -> float:
    firm = _stage.company(options.sockets, cards=1)
    with _stage.acting(firm.owner):
        project = Project.objects.within(firm.owner.workspace).get()
    where = [str(firm.owner.workspace.pk), str(project.pk), str(firm.head() + 1)]
    with webs(PROCESSES) as up:
        return _flooded(options, up.host, firm, EVENTS, *where)


def _flood_bare(options: argparse.Namespace) -> float:
    first = _stage.listening()
    port = first.getsockname()[1]
    listeners = [first, *(_stage.listening(port) for _ in range(PROCESSES - 1))]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench._bare_sockets", str(one.fileno()), "bare"], pass_fds=[one.fileno()]
        )
        for one in listeners
    ]
    try:
        time.sleep(1)
        return _flooded(options, f"127.0.0.1:{port}", Company(None, [], [""]), "bare")  # type: ignore[arg-type]  (a broadcaster has no people)
    finally:
        for process in running:
            process.kill()
            process.wait()


def _flooded(options: argparse.Namespace, host: str, firm: Company, channel: str, *where: str) -> float:
    with Ears() as ears:
        path = firm.path if where else "/"
        ears.ask("open", host=host, path=path, cookies=firm.cookies, count=options.sockets)
        words = [channel, str(options.flood), str(FLOOD_SECONDS + 2), *where]
        flood = subprocess.Popen([sys.executable, "-m", "bench._flood", *words], env=os.environ)
        time.sleep(1)  # it starts, and the first rows are on their way
        counted = ears.ask("count", seconds=FLOOD_SECONDS)
        flood.kill()
        flood.wait()
    return float(counted["a_second"])


def storm(options: argparse.Namespace) -> None:
    """All come back in one moment, to processes that know the workspace; pages are asked for meanwhile."""
    firm = _stage.company(options.sockets)
    with webs(PROCESSES) as up, Ears() as ears:
        ears.ask("open", host=up.host, path=firm.path, cookies=firm.cookies, count=options.sockets)
        calm = _pages(up, firm, 8)
        writer = Writer(firm, 20, 2)
        base = firm.head() + 1
        ears.ask("begin", base=base)
        pages = Pages(up.port, f"/api/v1/workspaces/{firm.slug}/projects/", firm.cookies[0], 25)
        before = calls()
        back = ears.ask("storm", seconds=30)
        asked, made = calls() - before, len(pages.times)
        _, failed, _, busy = pages.end()
        writer.begin()
        told = writer.told()
        ears.ask("upto", seq=max(map(int, told)))
        heard = ears.ask("report", told=told)
    line("back", f"{back['placed']} of {back['of']}")
    line("the last one after", f"{back['seconds']:.1f} s", "≤ 10 s")
    line("statements a client, its share of pages too", f"{asked / options.sockets:.2f} ({made} pages)", "≤ 1.2")
    line("a REST list meanwhile, p99", f"{busy:.0f} ms, calm {calm:.0f} ms", "≤ 3 ×")
    line("requests that failed", str(len(failed)), "0")
    line("rows missing afterwards", str(heard["missing"]), "0")


def _pages(up: Webs, firm: Company, seconds: float) -> float:
    pages = Pages(up.port, f"/api/v1/workspaces/{firm.slug}/projects/", firm.cookies[0], 25)
    time.sleep(seconds)
    return pages.end()[3]


def idle(options: argparse.Namespace) -> None:
    """Memory of the web processes before and after."""
    firm = _stage.company(options.idle)
    with webs(PROCESSES) as up, Ears() as ears:
        ears.ask("open", host=up.host, path=firm.path, cookies=firm.cookies[:5], count=100)
        before = up.memory()
        opened = ears.ask(
            "open", patience=200, host=up.host, path=firm.path, cookies=firm.cookies[5:], count=options.idle - 100
        )
        time.sleep(5)
        after = up.memory()
        here = ears.ask("watch", seconds=1)
    line("sockets held", f"{here['here']} of {options.idle}", str(here["codes"] or ""))
    line("opened in", f"{opened['seconds']:.1f} s")
    line("memory a socket", f"{(after - before) / (options.idle - 100):.1f} KB", "≤ 40 KB")


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "flow": flow,
    "saturation": saturation,
    "storm": storm,
    "idle": idle,
}

if __name__ == "__main__":
    main()
