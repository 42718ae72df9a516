"""The whole API under Schemathesis, as owner, member and guest: python -m bench.fuzz [--examples 100] [--roles owner,member,guest]

Phases examples, coverage, fuzzing and stateful, all checks, a fixed seed. The addresses lead to rows that there are; what is
deleted has rows of its own. Several roles are run beside each other, each on servers of its own, as many at once as there are
cores; with --logs DIR what each said is kept there, and a role that has come to its end is not run again. Prints
Schemathesis's summary for each role; fails where one check failed.
"""

import argparse
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.test.utils import setup_test_environment  # noqa: E402

from bench._load import serving  # noqa: E402
from flowboard.api_docs import document  # noqa: E402
from flowboard.tests.matrix.world import World, build, furnish  # noqa: E402
from workspaces.actions import create_token  # noqa: E402

SEED = 1
HERE = Path(__file__).parent
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL", "REDIS_URL", "SECRET_KEY", "FLOWBOARD_DATA")
ENDED = "== ended with "
ENDS = re.compile(
    r"^(delete|remove|revoke|archive|unshare|undo|transfer)"
)  # operations that use up what they are given


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--roles", default="owner,member,guest")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--only", default="", help="a regular expression of operations")
    parser.add_argument("--logs", type=Path, help="a folder: what is finished there is not run again")
    options = parser.parse_args()
    roles = options.roles.split(",")
    fine = together(roles, options) if len(roles) > 1 or options.logs else [here(roles[0], options)]
    if failed := [role for role, found_nothing in zip(roles, fine, strict=True) if not found_nothing]:
        raise SystemExit(f"Faults as {', '.join(failed)}.")


def together(roles: list[str], options: argparse.Namespace) -> list[bool]:
    """For each role whether nothing was found."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as threads:
        logs = options.logs or Path(folder)
        logs.mkdir(parents=True, exist_ok=True)
        return list(threads.map(lambda role: elsewhere(role, logs / f"{role}.txt", options), roles))


def elsewhere(role: str, log: Path, options: argparse.Namespace) -> bool:
    """The same for one role on other servers, unless its log has an end."""
    if not log.exists() or ENDED not in log.read_text():
        said = f"--roles {role} --examples {options.examples} --phases {options.phases}".split()
        env = {name: value for name, value in os.environ.items() if name not in SERVERS}
        with log.open("w") as output:
            command = [sys.executable, HERE.parent / "bin" / "bench", "fuzz", *said, "--only", options.only]
            done = subprocess.run(command, env=env, stdout=output, stderr=subprocess.STDOUT, check=False)
            output.write(f"{ENDED}{done.returncode}\n")
    print(log.read_text(), flush=True)
    return log.read_text().endswith(f"{ENDED}0\n")


def here(role: str, options: argparse.Namespace) -> bool:
    """One role on the servers of the environment."""
    setup_test_environment()
    world = build()
    schema = addressed(world, document())
    with tempfile.TemporaryDirectory() as folder, serving("flowboard.wsgi:application") as server:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(schema, default=str))
        return fuzz(world, role, path, server.port, options)


def addressed(world: World, schema: dict[str, Any]) -> dict[str, Any]:
    """The document, in which each slot of an address names rows of the world."""
    schema = copy.deepcopy(schema)
    schema["paths"] = {path: verbs for path, verbs in schema["paths"].items() if path.startswith("/api/v1/workspaces/")}
    for verbs in schema["paths"].values():
        for said in verbs.values():
            ids = furnish(world) if ENDS.match(said["operationId"]) else world.ids
            if said["operationId"] == "read_attachment_file":
                ids = ids | {"attachment": ids["file"]}
            for parameter in said.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in ids:
                    parameter["schema"] = {"type": "string", "enum": [ids[parameter["name"]]]}
    return schema


def fuzz(world: World, role: str, path: Path, port: int, options: argparse.Namespace) -> bool:
    """Whether nothing was found."""
    print(f"\n== as {role}", flush=True)
    token = create_token(world.people[role], name="fuzz")[1]
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "fuzz.toml"), "run", str(path), "-u", f"http://127.0.0.1:{port}",
        "--phases", options.phases, "-c", "all", "-n", str(options.examples), "--seed", str(SEED), "--max-response-time", "2",
        "-H", f"Authorization: Token {token}", "--continue-on-failure", "--no-color", "--generation-deterministic",
        *(["--include-operation-id-regex", options.only] if options.only else []),
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    main()
