"""Large files: what it costs to know them, to store them and to bring them back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from floors import THREADS
from measure import Measurement
from special.stand import Stand, ends, write

GIB = 1 << 30

READING = """project: large
steps:
  look:
    run: "echo looked > looked"
    inputs: [{names}]
    outputs: [looked]
"""

WRITING = """project: artifact
steps:
  make:
    run: "cp -R ../artifact-source artifact"
    outputs: [artifact]
"""


def big(stand: Stand) -> Iterator[Measurement]:
    """One file of 4 GiB, and the same pipeline with a file of 1 KiB for its memory."""
    size = stand.scaled(4 * GIB)
    yield from _read(stand, "little", [1024])
    yield from _read(stand, "big", [size])


def several(stand: Stand) -> Iterator[Measurement]:
    """Two files of 1 GiB for each core."""
    yield from _read(stand, "several", [stand.scaled(GIB)] * (2 * THREADS))


def _read(stand: Stand, name: str, sizes: list[int]) -> Iterator[Measurement]:
    names = [f"file{at}" for at in range(len(sizes))]
    place = stand.pipeline(name, READING.format(names=", ".join(names)))
    for at, size in enumerate(sizes):
        write(place / names[at], size, seed=at)
    note = f"{sum(sizes)} bytes"

    def forget() -> None:
        shutil.rmtree(place / ".pipeline", ignore_errors=True)
        (place / "looked").unlink(missing_ok=True)

    def touch() -> None:
        for file in names:
            os.utime(place / file)

    run = stand.run()
    for case, prepare, check in [
        ("first", forget, ends("1 ran")),
        ("nothing", lambda: None, ends("1 kept")),
        ("touched", touch, ends("1 kept")),
    ]:
        one = stand.timed(f"{name} {case}", run, place, prepare, check)
        one.note = note
        yield one
    (place / "files").write_text("".join(f"{file}\n" for file in names))
    yield stand.floor(f"{name} hash", "hash", "1", "files", cwd=place)
    yield stand.floor(f"{name} hash-all", "hash", str(THREADS), "files", cwd=place)
    shutil.rmtree(place)


def artifact(stand: Stand) -> Iterator[Measurement]:
    """A file of 1 GiB, stored and restored."""
    place = stand.pipeline("artifact", WRITING)
    source = place.parent / "artifact-source"
    write(source, stand.scaled(GIB))
    yield from _stored(stand, "artifact", place, source)
    (place / "files").write_text("../artifact-source\n")
    yield stand.floor("artifact hash", "hash", "1", "files", cwd=place)
    yield stand.floor("artifact copy", "copy", str(source), "copied", cwd=place)
    shutil.rmtree(place)
    source.unlink()


def many(stand: Stand) -> Iterator[Measurement]:
    """100,000 files of 2 KiB: a directory that is read, then one that is written."""
    count = stand.scaled(100_000)
    place = stand.pipeline("many", READING.format(names="folder"))
    _fill(place / "folder", count)

    def touch() -> None:
        for folder, _, names in os.walk(place / "folder"):
            for name in names:
                os.utime(os.path.join(folder, name))

    for case, prepare, check in [
        ("first", lambda: None, ends("1 ran")),
        ("nothing", lambda: None, ends("1 kept")),
        ("touched", touch, ends("1 kept")),
    ]:
        repeat = 1 if case == "first" else None
        one = stand.timed(f"many {case}", stand.run(), place, prepare, check, repeat=repeat)
        one.note = f"{count} files"
        yield one
    source = place.parent / "artifact-source"
    (place / "folder").rename(source)
    shutil.rmtree(place)
    place = stand.pipeline("many-written", WRITING)
    yield from _stored(stand, "many", place, source)
    shutil.rmtree(place)
    shutil.rmtree(source)


def _stored(stand: Stand, name: str, place: Path, source: Path) -> Iterator[Measurement]:
    """An artifact that is there already is adopted: stored, without executing its step."""
    made = place / "artifact"

    def remove() -> None:
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink(missing_ok=True)

    def new() -> None:
        remove()
        shutil.rmtree(place / ".pipeline", ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, made)
        else:
            shutil.copyfile(source, made)

    adopt = stand.run("--adopt", "make")
    yield stand.timed(f"{name} store", adopt, place, new)
    if name == "artifact":
        yield stand.timed(f"{name} nothing", stand.run(), place, check=ends("1 kept"))
    yield stand.timed(f"{name} restore", stand.run(), place, remove, ends("1 restored"))


def _fill(folder: Path, count: int) -> None:
    """Files of 2 KiB, a hundred to a directory."""
    for at in range(count):
        if at % 100 == 0:
            (folder / f"{at // 100:04}").mkdir(parents=True)
        line = f"{at:07}\n".encode()
        (folder / f"{at // 100:04}" / f"{at:07}.txt").write_bytes(line * 256)
