"""What the tool itself consumes while steps work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

from measure import Measurement
from special.stand import SIZE, Stand, ends

MANIFEST = """project: idle
steps:
  one:
    run: "sleep {seconds}"
    always: true
  other:
    run: "sleep {seconds}; :"
    always: true
"""


def idle(stand: Stand) -> Iterator[Measurement]:
    """Two steps that sleep, less the same two that do not: what remains is waiting."""
    seconds = max(2, stand.scaled(20))
    check = ends("2 ran")
    places = [
        stand.pipeline(name, MANIFEST.format(seconds=length))
        for name, length in [("asleep", seconds), ("awake", 0)]
    ]
    asleep, awake = (
        stand.timed(place.name, stand.run(), place, check=check, repeat=2) for place in places
    )
    least = min(sample.cpu_seconds for sample in awake.samples)
    one = Measurement("pipewright", SIZE, "list", "idle", problems=asleep.problems + awake.problems)
    for sample in asleep.samples:
        waited = max(0.0, sample.cpu_seconds - least)
        one.samples.append(replace(sample, seconds=float(seconds), cpu_seconds=waited))
    share = 100 * max(sample.cpu_seconds for sample in one.samples) / seconds
    one.note = f"{share:.2f} % of a core in {seconds} s"
    yield one
    for place in places:
        shutil.rmtree(place)
