"""Snakemake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.tool import Tool, quoted, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Snakemake(Tool):
    """Times, and digests of small files; parameters and commands count."""

    name = "snakemake"
    programs = ("snakemake",)
    sizes = ("S", "D", "M")
    is_slow = True

    def environment(self, workspace: Workspace) -> dict[str, str]:
        return {"XDG_CACHE_HOME": str(workspace.place / ".cache")}

    def describe(self, workspace: Workspace) -> None:
        workload = workspace.workload
        lines = ['shell.executable("/bin/sh")', 'shell.prefix("set -eu; ")']
        lines += ["rule all:", f"    input: {quoted(workload.outputs)[1:-1]}"]
        for index, step in enumerate(workload.steps):
            lines += [
                f"rule {step.name}:",
                f"    input: {quoted(workload.reads(step))[1:-1]}",
                f'    output: "{step.output}"',
                f'    shell: "{workspace.command(index)}"',
            ]
        write_lines(workspace.place / "Snakefile", lines)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "--cores", self.jobs, "--quiet", "all"]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "--cores", self.jobs, "--quiet", "all", "-n"]
