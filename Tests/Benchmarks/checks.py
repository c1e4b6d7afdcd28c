"""Whether each tool did the same work."""

from __future__ import annotations

from collections import Counter

from workspace import Workspace


class Checks:
    """Compares which steps were executed and what came out, tool by tool."""

    def __init__(self) -> None:
        self._digests: dict[object, tuple[str, str]] = {}

    def problems(self, workspace: Workspace, expected: frozenset[str]) -> list[str]:
        """All that is wrong after a run that was to execute exactly the expected steps."""
        found = executed(workspace.ran(), expected)
        unequal = self.outputs(workspace, workspace.tool.name)
        return found + ([unequal] if unequal else [])

    def outputs(self, workspace: Workspace, tool: str) -> str | None:
        """What differs from the first tool whose outputs came from the same inputs."""
        workload = workspace.workload
        key = (workload.shape.name, workload.form, workspace.state)
        digest = workspace.digest()
        first, known = self._digests.setdefault(key, (tool, digest))
        if digest == known:
            return None
        return f"outputs differ from those of {first}: {digest[:40]}, not {known[:40]}"


def executed(ran: Counter[str], expected: frozenset[str]) -> list[str]:
    """How what was executed differs from what was expected, each step once."""
    found = []
    for text, names in [
        ("not executed", sorted(expected - ran.keys())),
        ("executed without need", sorted(ran.keys() - expected)),
        ("executed more than once", sorted(name for name in ran if ran[name] > 1)),
    ]:
        if names:
            shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            found.append(f"{len(names)} {text}: {shown}")
    return found
