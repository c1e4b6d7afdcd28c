"""DVC."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tools.tool import Tool, write_lines

if TYPE_CHECKING:
    from workspace import Workspace


class DVC(Tool):
    """Without git, which it can do without and which would only cost it time."""

    name = "dvc"
    programs = ("dvc",)
    sizes = ("S", "D", "M")
    is_slow = True
    has_store = True

    def environment(self, workspace: Workspace) -> dict[str, str]:
        return {"DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": str(workspace.place / ".dvc-site")}

    def describe(self, workspace: Workspace) -> None:
        lines = ["stages:"]
        for index, step in enumerate(workspace.workload.steps):
            lines += [f"  {step.name}:", f'    cmd: "{workspace.command(index)}"', "    deps:"]
            lines += [f"      - {path}" for path in workspace.workload.reads(step)]
            lines += ["    outs:", f"      - {step.output}"]
        write_lines(workspace.place / "dvc.yaml", lines)

    def begin(self, workspace: Workspace) -> None:
        environment = os.environ | self.environment(workspace)
        for words in [["init", "--no-scm", "-q"], ["config", "core.analytics", "false"]]:
            subprocess.run(
                [*self.start, *words], cwd=workspace.place, env=environment, check=True
            )

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "repro"]

    def status(self, workspace: Workspace) -> list[str]:
        return [*self.start, "status"]

    def restore(self, workspace: Workspace) -> list[str]:
        return [*self.start, "checkout"]
