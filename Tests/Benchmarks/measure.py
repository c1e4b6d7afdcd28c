"""Executes one command and says what it took.

The command is started by a small C program: a child of this process would inherit its memory into
the peak that `wait4` tells, and starting it from Python costs milliseconds.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from native import Native


@dataclass(frozen=True)
class Sample:
    """One execution of a command."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    status: int
    was_stopped: bool

    @property
    def is_good(self) -> bool:
        """Whether it ended by itself and well."""
        return self.status == 0 and not self.was_stopped


@dataclass
class Measurement:
    """All repetitions of one case by one tool."""

    tool: str
    size: str
    form: str
    case: str
    samples: list[Sample] = field(default_factory=list)
    steps_ran: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def seconds(self) -> float | None:
        """The median of those that ended; nothing if any was stopped or failed."""
        if not self.samples or not all(sample.is_good for sample in self.samples):
            return None
        return median(sample.seconds for sample in self.samples)

    @property
    def at_least(self) -> float | None:
        """A lower bound: the median, or how long it was given before it was stopped."""
        stopped = [sample.seconds for sample in self.samples if sample.was_stopped]
        return max(stopped) if stopped else self.seconds

    @property
    def peak_bytes(self) -> int:
        """The largest peak of memory."""
        return max((sample.peak_bytes for sample in self.samples), default=0)

    @property
    def is_sound(self) -> bool:
        """Whether all checks held."""
        return not self.problems and self.seconds is not None


class Stopwatch:
    """Starts commands in one environment, within one limit of time."""

    def __init__(self, native: Native, environment: dict[str, str], limit: float) -> None:
        self._launch = native.program("launch")
        self.environment = environment
        self.limit = limit

    def time(
        self,
        command: list[str],
        place: Path,
        said: Path,
        extra: dict[str, str] | None = None,
    ) -> Sample:
        """Executes a command in a directory; what it prints goes to the file `said`."""
        # What earlier work has left to write would be written during this one.
        os.sync()
        words = [str(self._launch), f"{self.limit:.3f}", str(said), *command]
        told = _printed(words, place, self.environment | (extra or {})).split()
        return Sample(
            seconds=float(told[0]),
            cpu_seconds=float(told[1]),
            peak_bytes=int(told[2]),
            status=int(told[3]),
            was_stopped=told[4] == "1",
        )


def _printed(words: list[str], place: Path, environment: dict[str, str]) -> str:
    """What the launching program prints; where this is interrupted, it is let end its command."""
    with subprocess.Popen(
        words,
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            printed, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, words)
    return printed
