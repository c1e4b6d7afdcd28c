"""Ninja, and those that read its files."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tools.tool import Tool, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Ninja(Tool):
    """Compares times; knows commands from its log."""

    name = "ninja"
    programs = ("ninja",)
    sees_content = False

    def describe(self, workspace: Workspace) -> None:
        lines = ["rule step", "  command = $cmd", "  description = $out", ""]
        for index, step in enumerate(workspace.workload.steps):
            reads = " ".join(workspace.workload.reads(step))
            lines += [f"build {step.output}: step {reads}", f"  cmd = {workspace.command(index)}"]
        write_lines(workspace.place / "build.ninja", lines)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "-j", self.jobs]

    def status(self, workspace: Workspace) -> list[str] | None:
        return [*self.start, "-n"]


class Samurai(Ninja):
    """Ninja in C; by itself, or as a part of muon, the Meson in C.

    Muon starts commands in a way of its own and looks for their end once a millisecond. So what
    its samurai takes where many steps are executed is not what samurai takes; where nothing has
    changed it is.
    """

    name = "samurai"
    programs = ("samu", "muon", "muon-meson")

    @property
    def start(self) -> list[str]:
        if self.program and "muon" in self.program.rsplit("/", 1)[-1]:
            return [self.program, "samu"]
        return super().start

    def version(self) -> str:
        within = ", in muon" if self.start[1:] else ""
        return super().version() + within

    @property
    def missing(self) -> str | None:
        """A muon may have been built without it."""
        if self.program is None:
            return super().missing
        told = subprocess.run([*self.start, "--version"], capture_output=True, check=False)
        return None if told.returncode == 0 and told.stdout else f"{self.program} is without it"


class N2(Ninja):
    """Ninja in Rust."""

    name = "n2"
    programs = ("n2",)
