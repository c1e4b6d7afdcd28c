#!/usr/bin/env python3
"""Measures Pipewright and its peers on one workload. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import machine
import report
import special
from bars import verdicts
from cases import CASES
from checks import Checks
from floors import Floors, openssl_rate
from measure import Stopwatch
from native import Native
from results import Results
from rounds import Repetitions, Round, tell
from special.stand import Stand
from tools import ALL, Tool
from workload import SHAPES, Workload

REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> int:
    """Measures what the command line asks for; 1 where a check did not hold."""
    given = _arguments()
    if given.read:
        results = Results.read(json.loads(Path(given.read).read_text()))
    else:
        results = _measured(given)
    if given.json:
        results.write(Path(given.json))
    text = report.markdown(results)
    if given.markdown:
        Path(given.markdown).write_text(text)
    else:
        print(text)
    for problem in results.problems:
        tell(f"error: {problem}")
    if results.problems:
        return 1
    return 4 if given.strict and any(bar.is_met is False for bar in verdicts(results)) else 0


def _measured(given: argparse.Namespace) -> Results:
    scratch = Path(given.scratch or tempfile.mkdtemp(prefix="benchmark-")).resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    path = _search_path(given, scratch)
    # Tools of Python leave settings and state in HOME.
    home = scratch / "home"
    home.mkdir(exist_ok=True)
    environment = {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "TMPDIR": str(home)}
    os.environ.update(environment)

    native = Native(scratch / "native")
    stopwatch = Stopwatch(native, environment, given.limit)
    tools, results = _tools(given, path), Results(scale=given.scale)
    present = [tool for tool in tools if tool.missing is None]
    results.missing = {tool.name: tool.missing for tool in tools if tool.missing}
    results.tools = {tool.name: tool.version() for tool in present}
    results.machine = machine.description(scratch)
    tell(f"in {scratch}; " + "; ".join(f"{n}: {v}" for n, v in results.tools.items()))
    for name, why in results.missing.items():
        tell(f"without {name}: {why}")

    results.openssl_bytes_a_second = openssl_rate()
    floors = Floors(native, scratch, given.jobs, path)
    checks, file = Checks(), Path(given.json) if given.json else None
    for size in given.sizes:
        for form in given.forms:
            workload = Workload(SHAPES[size], form)
            tell(f"{size} {form}: floors")
            results.add(floors.measure(workload, given.repeat_slow, checks), file)
            repetitions = Repetitions(given.repeat, given.repeat_slow)
            one = Round(workload, present, stopwatch, checks, scratch)
            results.add(one.measure(given.cases, repetitions), file)
    stand = Stand(
        stopwatch, native, scratch, REPOSITORY, given.jobs, max(2, given.repeat_slow), given.scale
    )
    results.add(special.measure(given.special, stand), file)
    return results


def _search_path(given: argparse.Namespace, scratch: Path) -> str:
    """Where tools are looked for: ours, then those installed for this, then the rest."""
    ours = Path(given.pipewright or REPOSITORY / ".build/release/pipewright").resolve()
    if not ours.exists():
        sys.exit(
            f"error: there is no {ours}\n"
            " hint: swift build -c release --product pipewright --static-swift-stdlib, or --pipewright FILE"
        )
    # A folder of its own: beside the tool lie other programs.
    folder = scratch / "ours"
    folder.mkdir(exist_ok=True)
    link = folder / "pipewright"
    link.unlink(missing_ok=True)
    link.symlink_to(ours)
    places = [str(folder)]
    if given.installed:
        places.append(str(Path(given.installed).resolve() / "bin"))
    return ":".join([*places, os.environ.get("PATH", "/usr/bin:/bin")])


def _tools(given: argparse.Namespace, path: str) -> list[Tool]:
    known = {kind.name: kind for kind in ALL}
    return [known[name](path, given.jobs) for name in known if name in given.tools]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    tools = [kind.name for kind in ALL]
    _list(parser, "--sizes", list(SHAPES), ["S", "M"], "how large")
    _list(parser, "--forms", ["list", "compact"], ["list"], "how inputs are written")
    _list(parser, "--cases", list(CASES), list(CASES), "what happens")
    _list(parser, "--tools", tools, tools, "who takes part")
    _list(parser, "--special", list(special.ALL), [], "what is measured beside")
    add = parser.add_argument
    add("--repeat", type=int, default=5, help="repetitions (5)")
    add("--repeat-slow", type=int, default=2, help="repetitions of slow tools and floors (2)")
    add("--limit", type=float, default=600, help="seconds after which a tool is stopped (600)")
    add("--jobs", type=int, default=2, help="steps at once, for every tool (2)")
    add("--scale", type=float, default=1, help="of the special cases' sizes (1)")
    add("--pipewright", metavar="FILE", help="the tool; otherwise this package's release build")
    add("--installed", metavar="DIRECTORY", help="where `install` has put the peers")
    add("--scratch", metavar="DIRECTORY", help="where to work; otherwise a new directory")
    add("--json", metavar="FILE", help="write the raw figures")
    add("--markdown", metavar="FILE", help="write the page's fragment, instead of printing it")
    add("--read", metavar="FILE", help="measure nothing; take figures written by --json")
    add("--strict", action="store_true", help="exit code 4 if a bar was missed")
    return parser.parse_args()


def _list(
    parser: argparse.ArgumentParser, name: str, known: list[str], default: list[str], text: str
) -> None:
    """An argument that is a list with commas; `all` is all of it, an empty one nothing."""

    def read(value: str) -> list[str]:
        names = [part for part in value.split(",") if part]
        if names == ["all"]:
            return known
        for unknown in (part for part in names if part not in known):
            raise argparse.ArgumentTypeError(f"'{unknown}' is none of {', '.join(known)}")
        return names

    told = f"{text}: {', '.join(known)}, or all ({','.join(default) or 'nothing'})"
    parser.add_argument(name, type=read, default=default, metavar="LIST", help=told)


if __name__ == "__main__":
    sys.exit(main())
