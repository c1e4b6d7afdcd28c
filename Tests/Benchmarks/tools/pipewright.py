"""Pipewright itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.tool import Tool, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class Pipewright(Tool):
    """Inputs one by one, or with directories, globs and a matrix."""

    name = "pipewright"
    programs = ("pipewright",)
    forms = ("list", "compact")
    has_store = True

    def describe(self, workspace: Workspace) -> None:
        lines = ["project: benchmark", "", "steps:"]
        if workspace.workload.form == "compact":
            lines += _layers(workspace)
        else:
            lines += _steps(workspace)
        write_lines(workspace.place / "pipeline.yaml", lines)

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "run", "-j", self.jobs]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "status"]

    def forget(self, workspace: Workspace) -> None:
        (workspace.place / ".pipeline/index").unlink(missing_ok=True)

    def recorded(self, workspace: Workspace) -> Path:
        """The database of experiments."""
        return workspace.place / ".pipeline/history.db"


def _steps(workspace: Workspace) -> list[str]:
    """A step of its own for every step, all its inputs listed."""
    lines = []
    for index, step in enumerate(workspace.workload.steps):
        lines += [f"  {step.name}:", f'    run: "{workspace.command(index)}"', "    inputs:"]
        lines += [f"      - {path}" for path in workspace.workload.reads(step)]
        lines += [f"    outputs: [{step.output}]"]
    return lines


def _layers(workspace: Workspace) -> list[str]:
    """A matrix for every layer; inputs are a directory in even layers, a glob in odd ones."""
    lines = []
    position, last = "${{ matrix.p }}", len(workspace.workload.layers) - 1
    for layer, width in enumerate(workspace.workload.layers):
        folder = f"in/l{layer:02}/{position}"
        own = folder if layer % 2 == 0 else f"{folder}/*.txt"
        words = '"${{ inputs.own }}"/*' if layer % 2 == 0 else "${{ inputs.own }}"
        before = ' "${{ inputs.before }}"' if layer else ""
        edited = f": {workspace.edition}; " if workspace.edition and layer == last else ""
        values = ", ".join(f"p{at:05}" for at in range(width))
        lines += [
            f"  l{layer:02}:",
            "    run: |",
            f'      {edited}cksum {words}{before} > "${{{{ outputs.sum }}}}"'
            f' && echo "${{{{ step.name }}}}" >> {workspace.log}',
            f"    matrix: {{ p: [{values}] }}",
            "    inputs:",
            f'      own: "{own}"',
        ]
        if layer:
            lines += [f'      before: "l{layer - 1:02}@p={position}.sum"']
        lines += ["    outputs:", f'      sum: "out/{layer:02}/{position}"']
    return lines
