"""A SQLite database as an artifact: one file, whose bytes follow from its rows."""

import contextlib
import pathlib
import sqlite3
from collections.abc import Iterator


def quoted(name: str) -> str:
    """The name of a table or column as SQL has it; values are bound, but names cannot be."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def created(path: str) -> Iterator[sqlite3.Connection]:
    """A new database, complete when the block ends."""
    file = pathlib.Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    # Rows added to an old file would leave other bytes than rows in a new one.
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA page_size = 4096")
        # No second file that the artifact would lack.
        connection.execute("PRAGMA journal_mode = MEMORY")
        with connection:
            yield connection
        connection.execute("VACUUM")
    finally:
        connection.close()


@contextlib.contextmanager
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """A database to read from. Reading must not change an input, nor create one."""
    uri = pathlib.Path(path).absolute().as_uri() + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True)
    try:
        yield connection
    finally:
        connection.close()
