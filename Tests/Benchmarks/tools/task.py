"""Task, also called go-task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.tool import Tool, quoted, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Task(Tool):
    """Checksums of sources; what is done once is done once in a run."""

    name = "task"
    programs = ("go-task", "task")
    sizes = ("S", "D", "M")
    is_slow = True
    sees_commands = False

    def describe(self, workspace: Workspace) -> None:
        steps = workspace.workload.steps
        lines = ['version: "3"', "silent: true", "run: once", "tasks:", "  default:"]
        lines += [f"    deps: {quoted([step.name for step in steps])}"]
        for index, step in enumerate(steps):
            lines += [f"  {step.name}:"]
            if step.needs:
                lines += [f"    deps: {quoted([steps[need].name for need in step.needs])}"]
            lines += [
                f"    sources: {quoted(workspace.workload.reads(step))}",
                f"    generates: {quoted([step.output])}",
                f'    cmds: ["{workspace.command(index)}"]',
            ]
        write_lines(workspace.place / "Taskfile.yml", lines)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "--concurrency", self.jobs]
