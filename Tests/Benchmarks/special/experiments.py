"""Many stored experiments: what it costs to list them, and to add one."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import Measurement
from special.stand import Stand, ends

MANIFEST = """project: experiments
parameters: { rate: 0.1 }
steps:
  clean:
    run: "cksum data > clean"
    inputs: [data]
    outputs: [clean]
  train:
    run: "cat clean > model; echo ${{ parameters.rate }} >> model"
    inputs: [clean]
    outputs: { model: { path: model, kind: model } }
  evaluate:
    run: |
      cksum model > seen
      echo '{"accuracy": 0.5, "loss": 0.7}' > scores.json
    inputs: { model: train.model }
    outputs: { seen: seen, scores: { path: scores.json, kind: metrics } }
"""


def experiments(stand: Stand) -> Iterator[Measurement]:
    """10,000 experiments of three steps, made by copying the rows of a real one."""
    count = stand.scaled(10_000)
    place = stand.pipeline("experiments", MANIFEST)
    (place / "data").write_text("0\n")
    subprocess.run(stand.run("--quiet"), cwd=place, check=True)

    content = 0

    def change() -> None:
        nonlocal content
        content += 1
        (place / "data").write_text(f"{content}\n")

    yield stand.timed("experiments add, of few", stand.run(), place, change, ends("3 ran"))
    multiply(place / ".pipeline/history.db", count)
    yield stand.timed("experiments add, of many", stand.run(), place, change, ends("3 ran"))
    yield stand.timed("experiments nothing", stand.run(), place, check=ends("3 kept"))
    words = ["pipewright", "experiments", "list"]
    condition = ["--where", "accuracy > 0.9 and rate = 0.1", "--sort", "-accuracy"]
    for case, more, least in [
        ("list", ["--json"], count),
        ("list, 20 of them", ["--limit", "20"], 20),
        ("list, with a condition", [*condition, "--csv"], count // 20),
    ]:
        check = _lines(least)
        yield stand.timed(f"experiments {case}", [*words, *more], place, check=check)
    shutil.rmtree(place)


def multiply(file: Path, count: int) -> None:
    """Copies the first experiment, with its runs, under other names and with other metrics."""
    history = sqlite3.connect(file)
    history.row_factory = sqlite3.Row

    def rows(table: str, column: str, value: int) -> list[dict[str, Any]]:
        found = history.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))
        return [dict(row) for row in found]

    def add(table: str, row: dict[str, Any]) -> int:
        marks = ", ".join("?" * len(row))
        words = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
        return history.execute(words, list(row.values())).lastrowid or 0

    first = dict(history.execute("SELECT * FROM experiment ORDER BY id LIMIT 1").fetchone())
    old = first.pop("id")
    parts = {name: rows(name, "experiment_id", old) for name in ("experiment_parameter", "step")}
    runs = rows("run", "experiment_id", old)
    of_run = ("run_parameter", "metric", "run_input", "run_output")
    of_runs = {
        run["id"]: {name: rows(name, "run_id", run["id"]) for name in of_run} for run in runs
    }
    with history:
        for at in range(count):
            new = {"gid": uuid.uuid4().hex, "name": f"copied-{at:05}"}
            new["started"] = first["started"] - (at + 1) * 1_000_000_000
            experiment = add("experiment", first | new)
            numbers = {}
            for run in runs:
                row = run | {"gid": uuid.uuid4().hex, "experiment_id": experiment}
                numbers[run["id"]] = add("run", {key: row[key] for key in row if key != "id"})
                for table, known in of_runs[run["id"]].items():
                    for part in known:
                        if table == "metric":
                            part = part | {"number": (at % 1000) / 1000}
                        add(table, part | {"run_id": numbers[run["id"]]})
            for part in parts["experiment_parameter"]:
                add("experiment_parameter", part | {"experiment_id": experiment})
            for part in parts["step"]:
                run_id = numbers.get(part["run_id"], part["run_id"])
                add("step", part | {"experiment_id": experiment, "run_id": run_id})
    history.close()


def _lines(least: int) -> Any:
    def check(said: str) -> str | None:
        found = said.count("copied-")
        # The newest few were made by runs and have other names.
        return None if found >= least - 40 else f"{found} experiments listed, not {least}"

    return check
