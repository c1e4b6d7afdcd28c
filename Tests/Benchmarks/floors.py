"""What the machine itself needs: the least that any tool could take."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from checks import Checks, executed
from measure import Measurement, Sample
from native import Native
from tools.tool import Tool
from workload import Workload
from workspace import Workspace

THREADS = os.cpu_count() or 1


class Shell(Tool):
    """The commands alone, started by a small C program, each layer after the other."""

    name = "sh"
    programs = ("sh",)
    forms = ("list", "compact")

    def describe(self, workspace: Workspace) -> None:
        lines, layer = [], 0
        for index, step in enumerate(workspace.workload.steps):
            if step.layer != layer:
                layer = step.layer
                lines.append("")
            lines.append(workspace.command(index))
        (workspace.place / "commands").write_text("\n".join(lines) + "\n")


class Floors:
    """Measures the floors of one workload after the other."""

    def __init__(self, native: Native, scratch: Path, jobs: int, path: str) -> None:
        self.native = native
        self.scratch = scratch
        self.jobs = jobs
        self.shell = Shell(path, jobs)

    def measure(self, workload: Workload, repeat: int, checks: Checks) -> list[Measurement]:
        """Status of all files, their digests, and all commands, on one workload."""
        workspace = Workspace(self.shell, workload, self.scratch)
        workspace.create()
        first = self._timed(workload, "first")
        for _ in range(max(1, repeat)):
            workspace.reset()
            workspace.warm()
            workspace.forget_log()
            words = (str(self.jobs), "commands")
            first.samples.append(self._sample("spawn", *words, cwd=workspace.place))
            first.steps_ran.append(workspace.ran().total())
            first.problems += executed(workspace.ran(), workload.names)
            first.problems += filter(None, [checks.outputs(workspace, "sh")])
        workspace.forget_aside()
        return [first, *self._of_files(workspace, repeat)]

    def _of_files(self, workspace: Workspace, repeat: int) -> list[Measurement]:
        workload = workspace.workload
        inputs, everything = workspace.place / "inputs", workspace.place / "everything"
        inputs.write_text("".join(f"{path}\n" for path in workload.inputs))
        paths = sorted(workload.inputs + workload.outputs)
        everything.write_text("".join(f"{path}\n" for path in paths))
        kinds = {
            "lstat": ("stat", "lstat", "1", str(everything)),
            "fstatat": ("stat", "fstatat", "1", str(everything)),
            "fstatat-all": ("stat", "fstatat", str(THREADS), str(everything)),
            "hash": ("hash", "1", str(inputs)),
            "hash-all": ("hash", str(THREADS), str(inputs)),
        }
        found = []
        for name, words in kinds.items():
            floor = self._timed(workload, name)
            for _ in range(repeat + 2):
                floor.samples.append(self._sample(*words, cwd=workspace.place))
            found.append(floor)
        return found

    def _timed(self, workload: Workload, case: str) -> Measurement:
        return Measurement("floor", workload.shape.name, workload.form, case)

    def _sample(self, name: str, *words: str, cwd: Path) -> Sample:
        return Sample(self.native.seconds(name, *words, cwd=cwd), 0, 0, 0, False)


def openssl_rate(seconds: int = 2) -> float | None:
    """Bytes a second that `openssl speed` says of SHA-256 on one core."""
    if shutil.which("openssl") is None:
        return None
    words = ["openssl", "speed", "-mr", "-seconds", str(seconds), "-bytes", "16384"]
    told = subprocess.run([*words, "-evp", "sha256"], capture_output=True, text=True, check=False)
    for line in told.stdout.splitlines():
        if line.startswith("+F:"):
            return float(line.split(":")[-1])
    return None
