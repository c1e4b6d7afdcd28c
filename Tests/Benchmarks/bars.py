"""What is to be reached, and whether it was: ratios of medians of one execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from results import Results

OURS = "pipewright"
SIX = ("first", "nothing", "leaf", "root", "touched", "restore")
MEGABYTE = 1e6


@dataclass(frozen=True)
class Verdict:
    """One bar: what was measured, and what it may be at most (or at least)."""

    title: str
    bar: str
    value: float | None
    limit: float
    unit: str = "×"
    is_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Nothing where it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    @property
    def answer(self) -> str:
        """Met, or missed by how much."""
        if self.value is None or self.is_met is None:
            return "not measured"
        if self.is_met:
            return "met"
        if self.value == 0 or self.limit == 0:
            return "missed"
        worse = self.limit / self.value if self.is_least else self.value / self.limit
        return f"missed, by a factor of {worse:.2f}"


def verdicts(results: Results) -> list[Verdict]:
    """All bars."""
    parts: list[Callable[[Results], Iterator[Verdict]]] = [
        _nothing,
        _work,
        _restored,
        _large,
        _around,
        _slow_peers,
        _memory,
        _growth,
    ]
    return [verdict for part in parts for verdict in part(results)]


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _sum(*parts: float | None) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _fastest(results: Results, size: str, case: str) -> tuple[float | None, str]:
    """The fastest peer; a tool that has no figure is none."""
    times = {
        one.tool: one.seconds
        for one in results.measurements
        if one.size == size and one.case == case and one.form == "list" and one.is_sound
        if one.tool not in (OURS, "floor") and one.seconds is not None
    }
    best = min(times, key=lambda tool: times[tool], default="")
    return times.get(best), best


def _nothing(results: Results) -> Iterator[Verdict]:
    title = "nothing changed"
    small, middle, large = (results.seconds(OURS, size, "nothing") for size in "SML")
    yield Verdict(
        f"{title}, S", "≤ 15 ms", None if small is None else small * 1e3, 15, "ms"
    )
    ninja = results.seconds("ninja", "M", "nothing")
    yield Verdict(f"{title}, M", "≤ ninja", _ratio(middle, ninja), 1)
    peer, name = _fastest(results, "L", "nothing")
    yield Verdict(
        f"{title}, L", "≤ 0.6 × the fastest peer", _ratio(large, peer), 0.6, note=name
    )
    floor = results.seconds("floor", "L", "fstatat-all")
    yield Verdict(f"{title}, L", "≤ 2.0 × fstatat on all cores", _ratio(large, floor), 2)
    status = results.seconds(OURS, "L", "status")
    yield Verdict("status, L", "≤ 1.2 × nothing changed", _ratio(status, large), 1.2)


def _work(results: Results) -> Iterator[Verdict]:
    nothing, touched = (results.seconds(OURS, "L", case) for case in ("nothing", "touched"))
    hashed = results.seconds("floor", "L", "hash-all")
    yield Verdict(
        "all touched, unchanged, L",
        "≤ 1.3 × (nothing changed + hashing once, on all cores)",
        _ratio(touched, _sum(nothing, hashed)),
        1.3,
    )
    for size in ("M", "L"):
        ours, ninja = (results.seconds(tool, size, "first") for tool in (OURS, "ninja"))
        yield Verdict(f"first run, {size}", "≤ 1.3 × ninja", _ratio(ours, ninja), 1.3)
    ours, ninja = (results.seconds(tool, "L", "leaf") for tool in (OURS, "ninja"))
    yield Verdict("one leaf changed, L", "≤ 0.7 × ninja", _ratio(ours, ninja), 0.7)
    yield Verdict(
        "one line of the manifest edited, L", "≤ 2 s", results.seconds(OURS, "L", "edit"), 2, "s"
    )


def _restored(results: Results) -> Iterator[Verdict]:
    title = "restore all"
    commands = results.seconds("floor", "L", "first")
    yield Verdict(
        f"{title}, L",
        "≥ 5 × faster than executing the commands",
        _ratio(commands, results.seconds(OURS, "L", "restore")),
        5,
        is_least=True,
    )
    # The largest size that DVC manages.
    for size in ("L", "M", "D", "S"):
        peer = results.seconds("dvc", size, "restore")
        if peer is not None or size == "S":
            faster = _ratio(peer, results.seconds(OURS, size, "restore"))
            yield Verdict(
                f"{title}, {size}", "≥ 50 × faster than dvc checkout", faster, 50, is_least=True
            )
            return


def _large(results: Results) -> Iterator[Verdict]:
    def special(case: str) -> float | None:
        return results.seconds(OURS, "special", case)

    size, nothing = results.find(OURS, "special", "big touched"), special("big nothing")
    hashing = _difference(special("big touched"), nothing)
    bytes_read = float(size.note.split()[0]) if size and size.note else 0
    rate = _ratio(bytes_read, hashing)
    yield Verdict(
        "hashing one large file",
        "≥ 0.95 × openssl speed, one core",
        _ratio(rate, results.openssl_bytes_a_second),
        0.95,
        is_least=True,
    )
    several = _difference(special("several touched"), special("several nothing"))
    floor = results.seconds("floor", "special", "several hash-all")
    yield Verdict(
        "hashing several large files",
        "≥ 0.95 × OpenSSL on all cores",
        _ratio(floor, several),
        0.95,
        is_least=True,
    )
    stored = _difference(special("artifact store"), special("artifact nothing"))
    floors = [results.seconds("floor", "special", f"artifact {kind}") for kind in ("hash", "copy")]
    known = [floor for floor in floors if floor is not None]
    yield Verdict(
        "storing a large artifact",
        "≤ 1.1 × max(hash, copy and fsync)",
        _ratio(stored, max(known) if len(known) == 2 else None),
        1.1,
    )


def _around(results: Results) -> Iterator[Verdict]:
    idle = results.find(OURS, "special", "idle")
    share = None
    if idle and idle.is_sound:
        share = 100 * max(sample.cpu_seconds / sample.seconds for sample in idle.samples)
    yield Verdict("idle while steps run", "< 1 % of a core", share, 1, "%")
    components = results.seconds(OURS, "special", "components nothing")
    yield Verdict(
        "nothing changed, ten Swift components, standalone",
        "≤ 30 ms",
        None if components is None else components * 1e3,
        30,
        "ms",
    )
    plugin = results.seconds(OURS, "special", "plugin nothing")
    describe = results.seconds("swift package describe", "special", "plugin nothing")
    yield Verdict(
        "through the plugin, nothing changed",
        "≤ swift package describe + 0.5 s",
        _difference(plugin, describe),
        0.5,
        "s",
    )


def _slow_peers(results: Results) -> Iterator[Verdict]:
    for tool in ("dvc", "snakemake"):
        for size in ("S", "M"):
            ratios = {}
            for case in SIX:
                ours = results.seconds(OURS, size, case)
                ratio = _ratio(results.at_least(tool, size, case), ours)
                if ratio is not None:
                    ratios[case] = ratio
            worst = min(ratios, key=lambda case: ratios[case], default="")
            left_out = [case for case in SIX if case not in ratios]
            note = f"least at: {worst}" + (f"; without {', '.join(left_out)}" if left_out else "")
            yield Verdict(
                f"against {tool}, six cases, {size}",
                "≥ 20 ×",
                ratios.get(worst),
                20,
                is_least=True,
                note=note if ratios else "",
            )


def _memory(results: Results) -> Iterator[Verdict]:
    peaks = {
        one.case: one.peak_bytes
        for one in results.measurements
        if (one.tool, one.size, one.form) == (OURS, "L", "list") and one.is_sound
    }
    most = max(peaks, key=lambda case: peaks[case], default="")
    value = peaks[most] / MEGABYTE if peaks else None
    yield Verdict("memory, L", "≤ 150 MB", value, 150, "MB", note=f"at: {most}" if most else "")
    little, much = (
        results.peak_bytes(OURS, "special", case) for case in ("little touched", "big touched")
    )
    more = _difference(much, little)
    yield Verdict(
        "memory, of one large file beyond that of a small one",
        "≤ 16 MB",
        None if more is None else more / MEGABYTE,
        16,
        "MB",
    )


def _growth(results: Results) -> Iterator[Verdict]:
    """What a file more costs from M to L, as against from S to M."""
    for case in ("first", "nothing", "leaf", "touched", "restore"):
        times = [results.seconds(OURS, size, case) for size in "SML"]
        yield Verdict(
            f"growth of time, {case}", "≤ 1.3 (linear is 1)", bend(times), 1.3, ""
        )
    peaks = [results.peak_bytes(OURS, size, "nothing") for size in "SML"]
    yield Verdict("growth of memory, nothing", "≤ 1.3 (linear is 1)", bend(peaks), 1.3, "")


def bend(values: list[float | None] | list[int | None]) -> float | None:
    """The cost of a step from M to L in that of a step from S to M: 1 is linear."""
    small, middle, large = values
    if small is None or middle is None or large is None or middle <= small:
        return None
    return ((large - middle) / 9_000) / ((middle - small) / 990)


def _difference(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above - below
