"""Stores a CSV file as a table of a new SQLite database: store.py --table NAME CSV DATABASE"""

import argparse
import csv

from census import database


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", required=True)
    parser.add_argument("rows")
    parser.add_argument("database")
    arguments = parser.parse_args()

    with open(arguments.rows, newline="", encoding="utf-8") as file:
        columns, *rows = csv.reader(file)
    table = database.quoted(arguments.table)
    with database.created(arguments.database) as connection:
        names = ", ".join(database.quoted(column) for column in columns)
        connection.execute(f"CREATE TABLE {table} ({names})")
        places = ", ".join("?" for _ in columns)
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
    print(f"{len(rows)} rows stored in {arguments.table}")


main()
