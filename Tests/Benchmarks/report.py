"""The results as a fragment of Markdown."""

from __future__ import annotations

from bars import OURS, Verdict, verdicts
from cases import CASES
from measure import Measurement
from results import Results

FLOORS = {
    "first": "the commands alone, by `posix_spawn`",
    "lstat": "`lstat` of all files, one thread",
    "fstatat": "`fstatat` by directory, one thread",
    "fstatat-all": "`fstatat` by directory, all cores",
    "hash": "SHA-256 of all inputs by OpenSSL, one thread",
    "hash-all": "SHA-256 of all inputs by OpenSSL, all cores",
}


def markdown(results: Results) -> str:
    """The whole fragment: the machine, the bars, the tables, what is missing."""
    parts = [_machine(results), _bars(results)]
    places = dict.fromkeys(
        (one.size, one.form) for one in results.measurements if one.size != "special"
    )
    parts += [_table(results, size, form) for size, form in places]
    parts += [_special(results), _floors(results), _remarks(results)]
    return "\n".join(part for part in parts if part)


def _machine(results: Results) -> str:
    lines = ["### Machine and tools", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in results.machine.items()]
    lines += [f"| {tool} | {version} |" for tool, version in results.tools.items()]
    lines += [f"| {tool} | not measured: {why} |" for tool, why in results.missing.items()]
    if results.openssl_bytes_a_second:
        rate = results.openssl_bytes_a_second / 1e9
        lines.append(f"| `openssl speed`, SHA-256, one core | {rate:.2f} GB/s |")
    if results.scale != 1:
        lines.append(f"| scale of the special cases | {results.scale:g} |")
    return "\n".join(lines) + "\n"


def _bars(results: Results) -> str:
    known = [verdict for verdict in verdicts(results) if verdict.value is not None]
    unknown = [verdict.title for verdict in verdicts(results) if verdict.value is None]
    lines = ["### Bars", ""]
    if known:
        lines += ["| case | bar | measured | |", "|---|---|---|---|"]
    for one in known:
        note = f" ({one.note})" if one.note else ""
        lines.append(f"| {one.title} | {one.bar} | {_value(one)}{note} | {one.answer} |")
    if unknown:
        lines += ["", "Not measured: " + "; ".join(dict.fromkeys(unknown)) + "."]
    return "\n".join(lines) + "\n"


def _value(verdict: Verdict) -> str:
    if verdict.value is None:
        return "—"
    return f"{verdict.value:.3g} {verdict.unit}".strip()


def _table(results: Results, size: str, form: str) -> str:
    """A row for each tool, a column for each case: the median, and its ratio to ours."""
    here = [one for one in results.measurements if (one.size, one.form) == (size, form)]
    tools = [tool for tool in dict.fromkeys(one.tool for one in here) if tool != "floor"]
    cases = [name for name in CASES if any(one.case == name for one in here if one.tool in tools)]
    if not tools:
        return ""
    lines = [f"### {size}, {form}", "", "| | " + " | ".join(CASES[name].title for name in cases)]
    lines[-1] += " | memory |"
    lines.append("|---" * (len(cases) + 2) + "|")
    for tool in tools:
        cells = [_cell(results, results.find(tool, size, case, form)) for case in cases]
        peak = max(one.peak_bytes for one in here if one.tool == tool) / 1e6
        lines.append(f"| {tool} | " + " | ".join(cells) + f" | {peak:.0f} MB |")
    return "\n".join(lines) + "\n"


def _cell(results: Results, one: Measurement | None) -> str:
    if one is None:
        return "—"
    if one.problems:
        return "wrong"
    if one.seconds is None:
        return one.note or "—"
    text = duration(one.seconds)
    ours = results.seconds(OURS, one.size, one.case, one.form)
    if one.tool != OURS and ours:
        text += f" ({one.seconds / ours:.2g} ×)"
    return text


def _special(results: Results) -> str:
    here = [one for one in results.measurements if one.size == "special"]
    if not here:
        return ""
    lines = ["### Special cases", "", "| case | | median | memory | |", "|---|---|---|---|---|"]
    for one in here:
        time = "wrong" if one.problems else "—" if one.seconds is None else duration(one.seconds)
        memory = f"{one.peak_bytes / 1e6:.0f} MB" if one.peak_bytes else ""
        lines.append(f"| {one.case} | {one.tool} | {time} | {memory} | {one.note} |")
    return "\n".join(lines) + "\n"


def _floors(results: Results) -> str:
    here = [one for one in results.measurements if one.tool == "floor" and one.size != "special"]
    if not here:
        return ""
    sizes = list(dict.fromkeys((one.size, one.form) for one in here))
    names = [f"{size}, {form}" for size, form in sizes]
    lines = ["### What the machine itself needs", "", "| | " + " | ".join(names) + " |"]
    lines.append("|---" * (len(sizes) + 1) + "|")
    for case, title in FLOORS.items():
        cells = []
        for size, form in sizes:
            seconds = results.seconds("floor", size, case, form)
            cells.append("—" if seconds is None else duration(seconds))
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _remarks(results: Results) -> str:
    if not results.problems:
        return "All checks held: the same steps were executed, and the same came out.\n"
    return "\n".join(["### Checks that did not hold", "", *(f"- {p}" for p in results.problems)])


def duration(seconds: float) -> str:
    """A time with three digits."""
    for limit, factor, unit in [(1e-3, 1e6, "µs"), (1, 1e3, "ms")]:
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"
