"""doit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.tool import Tool, quoted, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Doit(Tool):
    """Its default: digests, read where times have changed."""

    name = "doit"
    programs = ("doit",)
    sizes = ("S", "D", "M", "L")
    is_slow = True
    sees_commands = False

    def describe(self, workspace: Workspace) -> None:
        lines = ["def task_step():"]
        for index, step in enumerate(workspace.workload.steps):
            reads = quoted(workspace.workload.reads(step))
            lines.append(
                f'    yield {{"name": "{step.name}", "file_dep": {reads}, '
                f'"targets": ["{step.output}"], "actions": ["{workspace.command(index)}"]}}'
            )
        write_lines(workspace.place / "dodo.py", lines)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "run", "-n", self.jobs, "-P", "thread"]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "list", "--all", "--status"]
