"""Cases beside the common workload, each a function that yields measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from measure import Measurement
from rounds import tell
from special.experiments import experiments
from special.idle import idle
from special.large import artifact, big, many, several
from special.package import components, plugin
from special.stand import Stand

ALL: dict[str, Callable[[Stand], Iterator[Measurement]]] = {
    "big": big,
    "several": several,
    "many": many,
    "artifact": artifact,
    "experiments": experiments,
    "idle": idle,
    "components": components,
    "plugin": plugin,
}


def measure(names: list[str], stand: Stand) -> Iterator[Measurement]:
    """The named special cases."""
    for name in (name for name in ALL if name in names):
        tell(f"special: {name}")
        yield from ALL[name](stand)
