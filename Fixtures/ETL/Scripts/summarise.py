"""Summarises the database: inputs, outputs and parameters come from the step's environment."""

import csv
import json
import os
import pathlib

from census import database


def main() -> None:
    with open(os.environ["PIPELINE_PARAMETERS"], encoding="utf-8") as file:
        table = database.quoted(json.load(file)["table"])
    with database.opened(os.environ["PIPELINE_INPUT_DATABASE"]) as connection:
        nests, species, complete = connection.execute(
            f"SELECT count(*), count(DISTINCT species), avg(clutch_complete = 'yes') FROM {table}"
        ).fetchone()
        islands = connection.execute(
            f"SELECT island, count(*), min(date_egg) FROM {table} GROUP BY island ORDER BY island"
        ).fetchall()

    counts = pathlib.Path(os.environ["PIPELINE_OUTPUT_COUNTS"])
    counts.parent.mkdir(parents=True, exist_ok=True)
    with counts.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["island", "nests", "first_egg"])
        writer.writerows(islands)

    figures = pathlib.Path(os.environ["PIPELINE_OUTPUT_FIGURES"])
    figures.parent.mkdir(parents=True, exist_ok=True)
    # The average of nothing is null in SQL, and no metric.
    share = round(complete or 0, 4)
    text = json.dumps({"nests": nests, "species": species, "complete_share": share}, indent=2)
    figures.write_text(text + "\n", encoding="utf-8")
    print(text)


main()
