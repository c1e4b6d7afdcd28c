"""The cases: what is done to a workspace, and which steps have to be executed then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workspace import Workspace

Steps = frozenset[str]


def _nothing(workspace: Workspace) -> None:
    """Leaves everything as it is."""


def _lose(workspace: Workspace) -> None:
    workspace.remove_outputs()
    workspace.tool.forget(workspace)


def _all(workspace: Workspace) -> Steps:
    return workspace.workload.names


def _none(workspace: Workspace) -> Steps:
    return frozenset()


def _touched(workspace: Workspace) -> Steps:
    return _none(workspace) if workspace.tool.sees_content else _all(workspace)


def _edited(workspace: Workspace) -> Steps:
    workload = workspace.workload
    if not workspace.tool.sees_commands:
        return _none(workspace)
    if workload.form == "compact":
        # The line is one of the whole last layer.
        layer = workload.leaf.layer
        return frozenset(step.name for step in workload.steps if step.layer == layer)
    return workload.reach(workload.leaf)


def _restored(workspace: Workspace) -> Steps:
    return _none(workspace) if workspace.tool.has_store else _all(workspace)


@dataclass(frozen=True)
class Case:
    """One thing that happens to those who work on a pipeline."""

    name: str
    title: str
    prepare: Callable[[Workspace], None]
    expected: Callable[[Workspace], Steps]
    is_quiet: bool = False
    """Whether files have to have come to rest before: nothing was written just now."""

    def command(self, workspace: Workspace) -> list[str] | None:
        """The command that is timed, if the tool has one for this case."""
        if self.name == "status":
            return workspace.tool.status(workspace)
        if self.name == "restore":
            return workspace.tool.restore(workspace)
        return workspace.tool.run(workspace)


CASES = {
    case.name: case
    for case in [
        Case("first", "first run", Workspace.reset, _all),
        Case("nothing", "nothing changed", _nothing, _none, is_quiet=True),
        Case("status", "status, nothing changed", _nothing, _none, is_quiet=True),
        Case(
            "leaf",
            "one leaf's content changed",
            lambda workspace: workspace.change(workspace.workload.leaf.files[0]),
            lambda workspace: workspace.workload.reach(workspace.workload.leaf),
        ),
        Case(
            "root",
            "one root's content changed",
            lambda workspace: workspace.change(workspace.workload.root.files[0]),
            lambda workspace: workspace.workload.reach(workspace.workload.root),
        ),
        Case("touched", "all inputs touched, unchanged", Workspace.touch, _touched),
        Case("edit", "one line of the manifest edited", Workspace.edit, _edited),
        Case("restore", "outputs and index deleted", _lose, _restored),
    ]
}
