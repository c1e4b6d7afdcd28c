"""All that one execution of the harness has measured."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from measure import Measurement


@dataclass
class Results:
    """Measurements, found by tool, size, form and case."""

    machine: dict[str, str] = field(default_factory=dict)
    tools: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    openssl_bytes_a_second: float | None = None
    scale: float = 1
    measurements: list[Measurement] = field(default_factory=list)

    def find(self, tool: str, size: str, case: str, form: str = "list") -> Measurement | None:
        """One measurement."""
        for one in self.measurements:
            if (one.tool, one.size, one.case, one.form) == (tool, size, case, form):
                return one
        return None

    def seconds(self, tool: str, size: str, case: str, form: str = "list") -> float | None:
        """Its median, where all its checks held."""
        one = self.find(tool, size, case, form)
        return one.seconds if one and one.is_sound else None

    def at_least(self, tool: str, size: str, case: str) -> float | None:
        """Its median, or the time after which it was stopped."""
        one = self.find(tool, size, case)
        return one.at_least if one and not one.problems else None

    def peak_bytes(self, tool: str, size: str, case: str) -> int | None:
        """Its largest peak of memory."""
        one = self.find(tool, size, case)
        return one.peak_bytes if one and one.is_sound else None

    @property
    def problems(self) -> list[str]:
        """All checks that did not hold."""
        return [
            f"{one.size} {one.form} {one.case} {one.tool}: {problem}"
            for one in self.measurements
            for problem in sorted(set(one.problems))
        ]

    def raw(self) -> dict[str, Any]:
        """Everything, as JSON writes it."""
        whole = asdict(self)
        for written, one in zip(whole["measurements"], self.measurements):
            written["median"] = one.seconds
            written["peak_bytes"] = one.peak_bytes
        return {"schema": 1, **whole}

    def add(self, found: Iterable[Measurement], file: Path | None) -> None:
        """Takes measurements as they are made, and writes down all there are after each.

        So what is stopped keeps what it has, and never half of a file.
        """
        for one in found:
            self.measurements.append(one)
            if file:
                self.write(file)

    def write(self, file: Path) -> None:
        """The raw figures, in place of what the file said."""
        beside = file.with_name(f"{file.name}~")
        beside.write_text(json.dumps(self.raw(), indent=1) + "\n")
        beside.replace(file)

    @staticmethod
    def read(raw: dict[str, Any]) -> Results:
        """The results that `raw` has written."""
        from measure import Sample

        known = {key: value for key, value in raw.items() if key != "schema"}
        measurements = []
        for written in known.pop("measurements"):
            samples = [Sample(**sample) for sample in written["samples"]]
            fields = ("tool", "size", "form", "case", "steps_ran", "problems", "note")
            values = {name: written[name] for name in fields}
            measurements.append(Measurement(samples=samples, **values))
        return Results(measurements=measurements, **known)
