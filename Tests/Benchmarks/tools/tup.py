"""Tup."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools.tool import Tool, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Tup(Tool):
    """Watches through a file system of its own what commands read and write."""

    name = "tup"
    programs = ("tup",)
    sees_content = False

    @property
    def missing(self) -> str | None:
        if self.program is None:
            return super().missing
        if not os.access("/dev/fuse", os.R_OK | os.W_OK):
            return "no access to /dev/fuse"
        if shutil.which("fusermount3", path=self.path) is None:
            return "no fusermount3 in PATH"
        return None

    def describe(self, workspace: Workspace) -> None:
        lines = []
        for index, step in enumerate(workspace.workload.steps):
            reads = " ".join(workspace.workload.reads(step))
            lines.append(f": {reads} |> {workspace.command(index)} |> {step.output}")
        write_lines(workspace.place / "Tupfile", lines)

    def begin(self, workspace: Workspace) -> None:
        words = [*self.start, "init"]
        subprocess.run(words, cwd=workspace.place, check=True, capture_output=True)

    def leave(self, workspace: Workspace) -> None:
        mount = workspace.place / ".tup/mnt"
        if os.path.ismount(mount):
            subprocess.run(["fusermount3", "-u", str(mount)], check=False, capture_output=True)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "--quiet", f"-j{self.jobs}"]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "todo"]
