"""The small C programs, compiled when they are first needed."""

from __future__ import annotations

import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "floors"


class Native:
    """Compiles programs of the folder `floors` into a directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def program(self, name: str) -> Path:
        """The path of a program, compiled if it is not or its source is newer."""
        source, made = SOURCES / f"{name}.c", self.folder / name
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            self.folder.mkdir(parents=True, exist_ok=True)
            words = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(made), str(source)]
            subprocess.run([*words, "-lpthread", "-ldl"], check=True)
        return made

    def seconds(self, name: str, *arguments: str, cwd: Path) -> float:
        """What a floor's program prints: the seconds that its work alone took."""
        words = [str(self.program(name)), *arguments]
        told = subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True)
        return float(told.stdout.split()[0])
