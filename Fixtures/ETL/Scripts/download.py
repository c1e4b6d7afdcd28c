"""Copies a table from a path or a URL to a file: download.py FROM TO"""

import pathlib
import sys
import urllib.request


def content(source: str) -> bytes:
    if "://" not in source:
        return pathlib.Path(source).read_bytes()
    with urllib.request.urlopen(source, timeout=60) as response:
        return response.read()


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: download.py FROM TO")
    source, target = sys.argv[1:]
    try:
        data = content(source)
    except OSError as error:
        sys.exit(f"error: '{source}' cannot be fetched: {error}")
    path = pathlib.Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    print(f"{len(data)} bytes from {source}")


main()
