"""Swift packages: ten components, standalone and through the plugin."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from measure import Measurement
from rounds import tell
from special.stand import Stand, ends

COUNT = 10

CODE = """import Foundation
let words = CommandLine.arguments
try Data(contentsOf: URL(fileURLWithPath: words[1])).write(to: URL(fileURLWithPath: words[2]))
"""


def components(stand: Stand) -> Iterator[Measurement]:
    """Nothing changed, with ten Swift components in a chain, by the tool alone."""
    place = _package(stand, "components", dependency="")
    if place is None:
        return
    tell("special: compiling ten components, which takes minutes")
    subprocess.run(stand.run(), cwd=place, check=True, stdout=subprocess.DEVNULL)
    yield stand.timed("components nothing", stand.run(), place, check=ends(f"{COUNT} kept"))


def plugin(stand: Stand) -> Iterator[Measurement]:
    """Nothing changed, through `swift package run-pipeline`, beside `swift package describe`."""
    path = stand.repository
    place = _package(stand, "plugin", f'.package(name: "pipewright", path: "{path}")')
    if place is None:
        return
    tell("special: compiling pipewright and ten components, which takes minutes")
    run = ["swift", "package", "run-pipeline"]
    subprocess.run(run, cwd=place, check=True, stdout=subprocess.DEVNULL)
    commands = {"pipewright": run, "swift package describe": ["swift", "package", "describe"]}
    yield from stand.alternated("plugin nothing", commands, place)


def _package(stand: Stand, name: str, dependency: str) -> Path | None:
    """A package; what an earlier execution in the same scratch has built stays."""
    if shutil.which("swift") is None:
        tell("special: no swift in PATH")
        return None
    place = stand.scratch / "special" / name
    names = [f"Part{at}" for at in range(COUNT)]
    for part in names:
        (place / "Sources" / part).mkdir(parents=True, exist_ok=True)
        _write(place / "Sources" / part / "main.swift", f"{CODE}let part = \"{part}\"\n")
    targets = ", ".join(f'.executableTarget(name: "{part}")' for part in names)
    _write(
        place / "Package.swift",
        "// swift-tools-version: 6.0\nimport PackageDescription\n"
        f'let package = Package(name: "parts", platforms: [.macOS(.v13)],\n'
        f"  dependencies: [{dependency}],\n  targets: [{targets}])\n",
    )
    lines = ["project: parts", "steps:"]
    for at, part in enumerate(names):
        before = f"step{at - 1}.made" if at else "./data"
        lines += [
            f"  step{at}:",
            f"    component: swift:{part}",
            '    arguments: ["${{ inputs.before }}", "${{ outputs.made }}"]',
            f"    inputs: {{ before: {before} }}",
            f"    outputs: {{ made: out/{part} }}",
        ]
    _write(place / "pipeline.yaml", "\n".join(lines) + "\n")
    _write(place / "data", "data\n")
    return place


def _write(path: Path, text: str) -> None:
    """Leaves a file that is right already as it is, so that nothing is compiled again."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
