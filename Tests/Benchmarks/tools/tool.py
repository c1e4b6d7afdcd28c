"""What the harness has to know of a tool."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workspace import Workspace


class Tool:
    """How one tool is told of a workload, and executed on it.

    The attributes say what the tool is able to, and so which steps each case lets it execute.
    """

    name = ""
    programs: tuple[str, ...] = ()
    """Any one of these has to be there."""
    forms: tuple[str, ...] = ("list",)
    sizes: tuple[str, ...] = ("S", "D", "M", "L", "chain", "fan")
    """Where more steps would take the tool hours."""
    is_slow = False
    """Whether it is given fewer repetitions."""
    sees_content = True
    """Whether new times of equal content execute nothing."""
    sees_commands = True
    """Whether a changed command executes its step."""
    has_store = False
    """Whether lost outputs come back without executing anything."""
    version_words: tuple[str, ...] = ("--version",)

    def __init__(self, path: str, jobs: int) -> None:
        self.program = self.find(path)
        self.jobs = str(jobs)
        self.path = path

    def find(self, path: str) -> str | None:
        """The program in a search path."""
        found = (shutil.which(program, path=path) for program in self.programs)
        return next((program for program in found if program), None)

    @property
    def missing(self) -> str | None:
        """Why the tool cannot be measured here."""
        return None if self.program else f"no {' or '.join(self.programs)} in PATH"

    @property
    def start(self) -> list[str]:
        """The words that start the program."""
        return [self.program or self.name]

    def version(self) -> str:
        """What the tool says its version is: the first line with a digit."""
        told = subprocess.run(
            [*self.start, *self.version_words], capture_output=True, text=True, check=False
        )
        lines = (told.stdout + told.stderr).splitlines()
        return next((line.strip() for line in lines if any(map(str.isdigit, line))), "unknown")

    def environment(self, workspace: Workspace) -> dict[str, str]:
        """Variables it needs beside the common ones."""
        return {}

    def describe(self, workspace: Workspace) -> None:
        """Writes the workload in the tool's own language."""
        raise NotImplementedError

    def begin(self, workspace: Workspace) -> None:
        """What the tool needs once, before its first run; not measured."""

    def leave(self, workspace: Workspace) -> None:
        """Undoes what stands in the way of removing the workspace."""

    def run(self, workspace: Workspace) -> list[str]:
        """The command that brings everything up to date."""
        raise NotImplementedError

    def status(self, workspace: Workspace) -> list[str] | None:
        """The command that says what would be executed, if the tool has one."""
        return None

    def restore(self, workspace: Workspace) -> list[str]:
        """The command that brings lost outputs back."""
        return self.run(workspace)

    def forget(self, workspace: Workspace) -> None:
        """Removes what can be found out anew, but for the store."""


def quoted(words: list[str]) -> str:
    """A list as YAML's flow, JSON and Python write it; paths here need no escape."""
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def write_lines(path: Path, lines: list[str]) -> None:
    """Writes a file as an editor does: beside its place, then renamed."""
    beside = path.with_name(path.name + ".new")
    beside.write_text("\n".join(lines) + "\n")
    os.replace(beside, path)
