"""Takes all tools through all cases, alternating."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cases import CASES, Case
from checks import Checks
from measure import Measurement, Sample, Stopwatch
from tools.tool import Tool
from workload import Workload
from workspace import Workspace

REST = 0.05
"""Seconds after which every tool may believe a file's times."""


@dataclass(frozen=True)
class Repetitions:
    """How often a case is repeated."""

    fast: int
    slow: int

    def of(self, tool: Tool) -> int:
        """As often as the tool is worth."""
        return self.slow if tool.is_slow else self.fast


class Round:
    """One workload, and all tools that take it."""

    def __init__(
        self,
        workload: Workload,
        tools: list[Tool],
        stopwatch: Stopwatch,
        checks: Checks,
        scratch: Path,
    ) -> None:
        self.workload = workload
        self.stopwatch = stopwatch
        self.checks = checks
        self.workspaces = [
            Workspace(tool, workload, scratch)
            for tool in tools
            if workload.shape.name in tool.sizes and workload.form in tool.forms
        ]
        self._lost: dict[str, str] = {}

    def measure(self, cases: list[str], repetitions: Repetitions) -> Iterator[Measurement]:
        """All cases in their order, each by all tools in turn: ABAB, not AABB.

        Each case is given when it is done, before the next.
        """
        for workspace in self.workspaces:
            tell(f"{self._title}: writing files for {workspace.tool.name}")
            workspace.create()
        for case in (CASES[name] for name in CASES if name in cases):
            yield from self._case(case, repetitions)
        for workspace in self.workspaces:
            workspace.tool.leave(workspace)
            workspace.forget_aside()

    @property
    def _title(self) -> str:
        return f"{self.workload.shape.name} {self.workload.form}"

    def _case(self, case: Case, repetitions: Repetitions) -> list[Measurement]:
        shape, form = self.workload.shape.name, self.workload.form
        found: dict[str, Measurement] = {}
        for workspace in self.workspaces:
            name = workspace.tool.name
            if case.command(workspace) is None:
                continue
            found[name] = Measurement(name, shape, form, case.name)
            self._settle(workspace, case)
            if name in self._lost:
                found[name].note = self._lost[name]
        for count in range(max(repetitions.fast, repetitions.slow)):
            for workspace in self.workspaces:
                name = workspace.tool.name
                wanted = count < repetitions.of(workspace.tool)
                if wanted and name in found and name not in self._lost:
                    self._once(workspace, case, found[name])
        for one in found.values():
            tell(f"{self._title}: {case.name:8} {one.tool:10} {_summary(one)}")
        return list(found.values())

    def _once(self, workspace: Workspace, case: Case, into: Measurement) -> None:
        case.prepare(workspace)
        workspace.warm()
        time.sleep(REST)
        sample = self._timed(workspace, case.command(workspace) or [])
        into.samples.append(sample)
        ran = workspace.ran().total()
        into.steps_ran.append(ran)
        if sample.was_stopped:
            into.note = f"stopped after {sample.seconds:.0f} s, {ran} steps done"
            self._lost[workspace.tool.name] = f"not reached: its {case.title} was stopped"
        elif sample.status != 0:
            into.problems.append(f"ended with {sample.status}, see {workspace.said}")
            self._lost[workspace.tool.name] = f"not reached: its {case.title} failed"
        else:
            workspace.is_built = True
            into.problems += self.checks.problems(workspace, case.expected(workspace))

    def _settle(self, workspace: Workspace, case: Case) -> None:
        """Runs once untimed where a case begins with all up to date and files at rest."""
        name = workspace.tool.name
        needed = case.name != "first" and (case.is_quiet or not workspace.is_built)
        if not needed or name in self._lost:
            return
        time.sleep(REST)
        sample = self._timed(workspace, workspace.tool.run(workspace))
        workspace.is_built = sample.is_good
        if not sample.is_good:
            ran = workspace.ran().total()
            self._lost[name] = (
                f"not reached: the run before it ended with {sample.status} "
                f"after {sample.seconds:.0f} s, {ran} steps done"
            )

    def _timed(self, workspace: Workspace, command: list[str]) -> Sample:
        workspace.forget_log()
        extra = workspace.tool.environment(workspace)
        return self.stopwatch.time(command, workspace.place, workspace.said, extra)


def tell(text: str) -> None:
    """Says on standard error how far it is."""
    print(text, file=sys.stderr, flush=True)


def _summary(one: Measurement) -> str:
    if one.seconds is None:
        return "; ".join([one.note, *one.problems])
    wrong = "".join(f"  PROBLEM: {problem}" for problem in sorted(set(one.problems)))
    return f"{one.seconds:9.4f} s  {one.peak_bytes / 1e6:6.1f} MB  {one.steps_ran[-1]} ran{wrong}"
