"""GNU Make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.tool import Tool, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Make(Tool):
    """Without built-in rules and variables, which would cost it most of its time."""

    name = "make"
    programs = ("gmake", "make")
    sees_content = False
    sees_commands = False

    def describe(self, workspace: Workspace) -> None:
        lines = ["all: " + " ".join(workspace.workload.outputs), ".PHONY: all", ""]
        for index, step in enumerate(workspace.workload.steps):
            reads = " ".join(workspace.workload.reads(step))
            lines += [f"{step.output}: {reads}", f"\t@{workspace.command(index)}"]
        write_lines(workspace.place / "Makefile", lines)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "-rR", "-j", self.jobs]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "-rR", "-n"]
