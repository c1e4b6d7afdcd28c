"""What the special cases share: places, commands, measurements."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import Measurement, Sample, Stopwatch
from native import Native
from rounds import REST, tell

SIZE = "special"


@dataclass(frozen=True)
class Stand:
    """Where and with what the special cases are measured."""

    stopwatch: Stopwatch
    native: Native
    scratch: Path
    repository: Path
    jobs: int
    repeat: int
    scale: float

    def scaled(self, whole: int) -> int:
        """A size or count, made smaller for a trial."""
        return max(1, int(whole * self.scale))

    def pipeline(self, name: str, manifest: str) -> Path:
        """A new workspace with a manifest."""
        place = self.scratch / "special" / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (place / "pipeline.yaml").write_text(manifest)
        return place

    def run(self, *words: str) -> list[str]:
        """Our command that brings everything up to date."""
        return ["pipewright", "run", "-j", str(self.jobs), *words]

    def timed(
        self,
        case: str,
        command: list[str],
        place: Path,
        prepare: Callable[[], object] = lambda: None,
        check: Callable[[str], str | None] = lambda said: None,
        tool: str = "pipewright",
        repeat: int | None = None,
    ) -> Measurement:
        """A case of one tool: what is done before each repetition, and what is looked at after."""
        one = Measurement(tool, SIZE, "list", case)
        for _ in range(repeat or self.repeat):
            prepare()
            time.sleep(REST)
            self.once(one, command, place, check)
        self.show(one)
        return one

    def alternated(
        self, case: str, commands: dict[str, list[str]], place: Path
    ) -> list[Measurement]:
        """A case of several tools in turn."""
        found = [Measurement(tool, SIZE, "list", case) for tool in commands]
        for _ in range(self.repeat):
            for one in found:
                self.once(one, commands[one.tool], place, lambda said: None)
        for one in found:
            self.show(one)
        return found

    def once(
        self,
        one: Measurement,
        command: list[str],
        place: Path,
        check: Callable[[str], str | None],
    ) -> None:
        """One repetition."""
        said = place.parent / f"{place.name}.txt"
        sample = self.stopwatch.time(command, place, said)
        one.samples.append(sample)
        text = said.read_text(errors="replace")
        if not sample.is_good:
            last = (text.strip().splitlines() or [""])[-1]
            one.problems.append(f"ended with {sample.status}: {last}")
        elif problem := check(text):
            one.problems.append(problem)

    def floor(self, case: str, program: str, *words: str, cwd: Path) -> Measurement:
        """What a floor's program takes."""
        one = Measurement("floor", SIZE, "list", case)
        for _ in range(self.repeat):
            seconds = self.native.seconds(program, *words, cwd=cwd)
            one.samples.append(Sample(seconds, 0, 0, 0, False))
        self.show(one)
        return one

    def show(self, one: Measurement) -> None:
        """Says on standard error what came out."""
        seconds = "no figure" if one.seconds is None else f"{one.seconds:9.4f} s"
        wrong = "".join(f"  PROBLEM: {problem}" for problem in one.problems[:1])
        memory = f"{one.peak_bytes / 1e6:.1f} MB"
        tell(f"special: {one.case:22} {one.tool:10} {seconds}  {memory}{wrong}")


def ends(expected: str) -> Callable[[str], str | None]:
    """A check that the closing line counts so: `1 kept`, `2 restored`."""

    def check(said: str) -> str | None:
        last = (said.strip().splitlines() or [""])[-1]
        return None if last.startswith(expected) else f"closing line '{last}', not '{expected} …'"

    return check


def blocks(size: int, seed: int = 0) -> Iterator[bytes]:
    """Bytes of a large file, each MiB another, cheap to make."""
    piece = bytes((at * 131 + seed * 17 + (at >> 8)) % 256 for at in range(1 << 16)) * 16
    for at in range(0, size, len(piece)):
        head = f"{seed}:{at:016}".encode()
        yield (head + piece[len(head) :])[: size - at]


def write(path: Path, size: int, seed: int = 0) -> None:
    """Writes a large file."""
    with path.open("wb") as file:
        file.writelines(blocks(size, seed))
