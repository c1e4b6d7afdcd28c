"""SCons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.tool import Tool, quoted, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class SCons(Tool):
    """Reads content only where times have changed, which is the faster of its ways."""

    name = "scons"
    programs = ("scons",)
    sizes = ("S", "D", "M")
    is_slow = True

    def describe(self, workspace: Workspace) -> None:
        lines = ["env = Environment(tools=[])", 'Decider("content-timestamp")']
        for index, step in enumerate(workspace.workload.steps):
            reads = quoted(workspace.workload.reads(step))
            lines.append(f'env.Command("{step.output}", {reads}, "{workspace.command(index)}")')
        write_lines(workspace.place / "SConstruct", lines)

    def version(self) -> str:
        return super().version().replace("SCons: ", "").split(",")[0]

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "-Q", "-j", self.jobs]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "-Q", "-n"]
