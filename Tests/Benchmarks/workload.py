"""The graph that every tool is given: what its steps read, write and execute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

FILE_BYTES = 256


@dataclass(frozen=True)
class Shape:
    """How large a graph is and how it is layered."""

    name: str
    steps: int
    layers: int
    files_per_step: int

    @property
    def files(self) -> int:
        """Input files, without outputs."""
        return self.steps * self.files_per_step


SHAPES = {
    shape.name: shape
    for shape in [
        Shape("S", steps=10, layers=5, files_per_step=10),
        Shape("D", steps=100, layers=20, files_per_step=10),
        Shape("M", steps=1_000, layers=20, files_per_step=10),
        Shape("L", steps=10_000, layers=20, files_per_step=10),
        Shape("chain", steps=10_000, layers=10_000, files_per_step=1),
        Shape("fan", steps=10_001, layers=2, files_per_step=1),
    ]
}


@dataclass(frozen=True)
class Step:
    """One `cksum` over files of its own and outputs of the layer before."""

    name: str
    layer: int
    position: int
    files: tuple[str, ...]
    needs: tuple[int, ...]
    output: str


class Workload:
    """All steps, layer by layer, so that a step stands after those it needs.

    The form `list` names every input by itself, and a step reads two outputs of the layer before
    it. The form `compact` has a directory of inputs for each step and one output read, so that a
    manifest can say it with directories, globs and a matrix.
    """

    def __init__(self, shape: Shape, form: str = "list") -> None:
        self.shape = shape
        self.form = form
        self.layers = _layers(shape)
        self.steps: list[Step] = []
        for layer, width in enumerate(self.layers):
            first = len(self.steps)
            for position in range(width):
                self.steps.append(self._step(layer, position, first))

    @cached_property
    def inputs(self) -> list[str]:
        """Paths of all input files."""
        return [file for step in self.steps for file in step.files]

    @cached_property
    def outputs(self) -> list[str]:
        """Paths of all outputs, in the order of the steps."""
        return [step.output for step in self.steps]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of all steps."""
        return frozenset(step.name for step in self.steps)

    @property
    def root(self) -> Step:
        """A step of the first layer, from which much depends."""
        return self.steps[0]

    @property
    def leaf(self) -> Step:
        """A step of the last layer, from which nothing depends."""
        return self.steps[-1]

    def reads(self, step: Step) -> list[str]:
        """All paths that a step reads, in the order of its command."""
        return [*step.files, *(self.steps[need].output for need in step.needs)]

    def command(self, step: Step, log: str, edition: int = 0) -> str:
        """What a shell executes for a step.

        It appends the step's name to `log`, with O_APPEND and without a process of its own. An
        edition other than 0 changes the text and nothing of what it does.
        """
        words = " ".join(self.reads(step))
        edited = f": {edition}; " if edition else ""
        return f"{edited}cksum {words} > {step.output} && echo {step.name} >> {log}"

    def reach(self, start: Step) -> frozenset[str]:
        """Names of a step and of all that depends on it."""
        reached = {self.steps.index(start)}
        for index in range(min(reached), len(self.steps)):
            if not reached.isdisjoint(self.steps[index].needs):
                reached.add(index)
        return frozenset(self.steps[index].name for index in reached)

    def _step(self, layer: int, position: int, first: int) -> Step:
        if self.form == "compact":
            name = f"l{layer:02}@p=p{position:05}"
            folder, stem = f"in/l{layer:02}/p{position:05}", ""
            output = f"out/{layer:02}/p{position:05}"
        else:
            index = first + position
            name = f"s{index:05}"
            folder, stem = f"in/{index // 10:04}", f"{name}-"
            output = f"out/{layer // 500:02}/{name}"
            if len(self.layers) <= 20:
                output = f"out/{layer:02}/{name}"
        files = tuple(f"{folder}/{stem}{n}.txt" for n in range(self.shape.files_per_step))
        return Step(name, layer, position, files, self._needs(layer, position, first), output)

    def _needs(self, layer: int, position: int, first: int) -> tuple[int, ...]:
        if layer == 0:
            return ()
        width = self.layers[layer - 1]
        before = first - width
        own = position % width
        if self.form == "compact":
            return (before + own,)
        # A fixed scatter, so that what depends on a root soon fills whole layers.
        other = (position * 31 + layer * 17 + 7) % width
        return tuple(before + at for at in sorted({own, other}))


def _layers(shape: Shape) -> list[int]:
    """Widths of the layers; a fan is one step and then all others."""
    if shape.name == "fan":
        return [1, shape.steps - 1]
    return [shape.steps // shape.layers] * shape.layers
