"""A directory in which one tool works on one workload."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from workload import FILE_BYTES, Workload

if TYPE_CHECKING:
    from tools.tool import Tool

NAME = re.compile(r"s\d{5}|l\d\d@p=p\d{5}")


class Workspace:
    """Inputs, outputs and the state of one tool, and the log its steps append to."""

    def __init__(self, tool: Tool, workload: Workload, scratch: Path) -> None:
        self.tool = tool
        self.workload = workload
        base = scratch / f"{workload.shape.name}-{workload.form}" / tool.name
        self.place = base / "workspace"
        self.log = base / "steps.log"
        self.said = base / "output.txt"
        self.edition = 0
        self.is_built = False
        self._aside = base / "aside"
        self._contents: dict[str, int] = {}

    @property
    def state(self) -> tuple[tuple[str, int], ...]:
        """What was changed of the inputs; workspaces of one state have equal outputs."""
        return tuple(sorted(self._contents.items()))

    def create(self) -> None:
        """Writes inputs and the tool's description of the workload, nothing else."""
        if self.place.parent.exists():
            self.tool.leave(self)
            shutil.rmtree(self.place.parent)
        folders = {os.path.dirname(path) for path in self.workload.inputs}
        for folder in sorted(folders | {os.path.dirname(path) for path in self.workload.outputs}):
            (self.place / folder).mkdir(parents=True, exist_ok=True)
        for path in self.workload.inputs:
            (self.place / path).write_bytes(_content(path, 0))
        self.tool.describe(self)
        self.tool.begin(self)

    def reset(self) -> None:
        """Removes outputs and all that the tool knows, as before the first run."""
        self.remove_outputs()
        self.tool.leave(self)
        kept = {"in", "out"}
        for name in os.listdir(self.place):
            if name not in kept:
                self._put_aside(name)
        self.is_built = False
        self.tool.describe(self)
        self.tool.begin(self)

    def remove_outputs(self) -> None:
        """Removes all outputs; their directories stay, empty."""
        for name in sorted({path.split("/", 1)[0] for path in self.workload.outputs}):
            self._put_aside(name)
        for folder in sorted({os.path.dirname(path) for path in self.workload.outputs}):
            (self.place / folder).mkdir(parents=True, exist_ok=True)

    def _put_aside(self, name: str) -> None:
        """Takes something away without deleting it.

        A file system that has just deleted many files makes new ones more slowly for a minute: what
        is made first would pay for it.
        """
        folder = self._aside / str(len(os.listdir(self._aside)) if self._aside.exists() else 0)
        folder.mkdir(parents=True)
        os.rename(self.place / name, folder / name)

    def forget_aside(self) -> None:
        """Deletes what was taken away."""
        shutil.rmtree(self._aside, ignore_errors=True)

    def warm(self) -> None:
        """Reads every file, so that none has to come from the disk while somebody is timed."""
        words = ["find", str(self.place), "-type", "f", "-exec", "cat", "{}", "+"]
        subprocess.run(words, stdout=subprocess.DEVNULL, check=False)

    def change(self, path: str) -> None:
        """Gives an input content that it never had."""
        edition = self._contents.get(path, 0) + 1
        self._contents[path] = edition
        (self.place / path).write_bytes(_content(path, edition))

    def touch(self) -> None:
        """Gives all inputs new times and leaves their content."""
        for path in self.workload.inputs:
            os.utime(self.place / path)

    def edit(self) -> None:
        """Changes the command of the last step in the tool's description: one line."""
        self.edition += 1
        self.tool.describe(self)

    def command(self, index: int) -> str:
        """What the shell executes for the step at an index."""
        step = self.workload.steps[index]
        edition = self.edition if step is self.workload.leaf else 0
        return self.workload.command(step, str(self.log), edition)

    def forget_log(self) -> None:
        """Empties the log of steps."""
        self.log.write_bytes(b"")

    def ran(self) -> Counter[str]:
        """Which steps were executed since the log was emptied, and how often."""
        # By pattern, not by line: a shell may write a name and its line feed one by one.
        return Counter(NAME.findall(self.log.read_text()))

    def digest(self) -> str:
        """One digest over names and bytes of all outputs."""
        whole = hashlib.sha256()
        for path in self.workload.outputs:
            try:
                content = (self.place / path).read_bytes()
            except FileNotFoundError:
                return f"{path} is missing"
            whole.update(f"{path} {len(content)}\n".encode())
            whole.update(content)
        return whole.hexdigest()


def _content(path: str, edition: int) -> bytes:
    line = f"{path} {edition}\n".encode()
    return (line * (FILE_BYTES // len(line) + 1))[:FILE_BYTES]
