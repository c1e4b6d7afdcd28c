"""Tries the harness itself, above all that its checks fail where a tool did other work.

python3 -m unittest discover -s Tests/Benchmarks
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import unittest
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bars
import report
import rounds
from checks import Checks, executed
from measure import Measurement, Sample, Stopwatch
from native import Native
from results import Results
from rounds import Repetitions, Round
from tools.tool import Tool
from workload import SHAPES, Workload
from workspace import Workspace

TINY = SHAPES["S"]


class Script(Tool):
    """Executes every step at every run, one after the other; derived ones do it wrongly."""

    programs = ("sh",)
    name = "script"
    sees_content = False

    def describe(self, workspace: Workspace) -> None:
        steps = range(len(workspace.workload.steps))
        lines = self.spoil([workspace.command(index) for index in steps])
        (workspace.place / "script").write_text("\n".join(lines) + "\n")

    def run(self, workspace: Workspace) -> list[str]:
        return [*self.start, "-e", "script"]

    def spoil(self, lines: list[str]) -> list[str]:
        """The commands as they are executed."""
        return lines


class Forgetful(Script):
    """Leaves out the last step, but for its output."""

    name = "forgetful"

    def spoil(self, lines: list[str]) -> list[str]:
        return [*lines[:-1], lines[-1].split(" && ")[0]]


class Eager(Script):
    """Executes the first step twice."""

    name = "eager"

    def spoil(self, lines: list[str]) -> list[str]:
        return [lines[0], *lines]


class Liar(Script):
    """Writes other bytes."""

    name = "liar"

    def spoil(self, lines: list[str]) -> list[str]:
        return [*lines[:-1], lines[-1].replace("cksum ", "echo ")]


class Sleepy(Script):
    """Does three steps and then takes for ever."""

    name = "sleepy"

    def spoil(self, lines: list[str]) -> list[str]:
        return [*lines[:3], "sleep 60"]


class Failing(Script):
    """Ends with 3."""

    name = "failing"

    def spoil(self, lines: list[str]) -> list[str]:
        return [*lines, "exit 3"]


class RoundTests(unittest.TestCase):
    """Real processes in a real directory."""

    def measured(self, *tools: type[Tool], cases: tuple[str, ...] = ("first",)) -> Results:
        """What a round of some tools gives."""
        path = os.environ["PATH"]
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            stopwatch = Stopwatch(Native(scratch / "native"), dict(os.environ), limit=1.5)
            one = Round(
                Workload(TINY), [kind(path, 2) for kind in tools], stopwatch, Checks(), scratch
            )
            return Results(measurements=list(one.measure(list(cases), Repetitions(2, 1))))

    def test_same_work_is_sound(self) -> None:
        results = self.measured(Script)
        self.assertEqual(results.problems, [])
        one = results.find("script", "S", "first")
        assert one
        self.assertEqual((len(one.samples), one.steps_ran), (2, [10, 10]))

    def test_other_work_is_found(self) -> None:
        for tool, problem in [
            (Forgetful, "1 not executed: s00009"),
            (Eager, "1 executed more than once: s00000"),
            (Liar, "outputs differ from those of script"),
            (Failing, "ended with 3"),
        ]:
            with self.subTest(tool.name):
                results = self.measured(Script, tool)
                self.assertTrue(any(problem in one for one in results.problems), results.problems)
                self.assertTrue(all(tool.name in one for one in results.problems))
                self.assertIsNone(results.seconds(tool.name, "S", "first"))

    def test_steps_without_need_are_found(self) -> None:
        # It executes all at a case in which nothing changed.
        results = self.measured(Script, cases=("nothing",))
        self.assertIn("10 executed without need", results.problems[0])

    def test_slow_tools_are_stopped(self) -> None:
        results = self.measured(Script, Sleepy, cases=("first", "nothing"))
        first, later = (results.find("sleepy", "S", case) for case in ("first", "nothing"))
        assert first and later
        self.assertEqual(first.note, "stopped after 2 s, 3 steps done")
        self.assertIsNone(first.seconds)
        self.assertGreaterEqual(results.at_least("sleepy", "S", "first") or 0, 1.5)
        self.assertTrue(later.note.startswith("not reached"), later.note)


    def test_a_stopped_execution_keeps_what_it_has(self) -> None:
        def stopped() -> Iterator[Measurement]:
            yield Measurement("script", "S", "list", "first")
            yield Measurement("script", "S", "list", "nothing")
            raise KeyboardInterrupt

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "figures.json"
            with self.assertRaises(KeyboardInterrupt):
                Results().add(stopped(), file)
            kept = Results.read(json.loads(file.read_text()))
            self.assertEqual([one.case for one in kept.measurements], ["first", "nothing"])
            self.assertEqual([path.name for path in Path(folder).iterdir()], [file.name])


class WorkloadTests(unittest.TestCase):
    """The graph."""

    def test_sizes(self) -> None:
        for name, steps, files in [("S", 10, 100), ("M", 1_000, 10_000), ("chain", 10_000, 10_000)]:
            workload = Workload(SHAPES[name])
            self.assertEqual((len(workload.steps), len(set(workload.inputs))), (steps, files))
            self.assertEqual(len(set(workload.outputs)), steps)

    def test_steps_stand_after_their_needs(self) -> None:
        for form in ("list", "compact"):
            for index, step in enumerate(Workload(SHAPES["M"], form).steps):
                self.assertTrue(all(need < index for need in step.needs))

    def test_reach(self) -> None:
        workload = Workload(SHAPES["chain"])
        self.assertEqual(workload.reach(workload.root), workload.names)
        self.assertEqual(workload.reach(workload.leaf), {workload.leaf.name})
        workload = Workload(SHAPES["M"], "compact")
        self.assertEqual(len(workload.reach(workload.root)), 20)


class ExecutedTests(unittest.TestCase):
    """What differs from what was expected."""

    def test_table(self) -> None:
        for ran, expected, problems in [
            ("a b", "a b", []),
            ("", "", []),
            ("a", "a b", ["1 not executed: b"]),
            ("a b", "a", ["1 executed without need: b"]),
            ("a a", "a", ["1 executed more than once: a"]),
            ("a b c d", "", ["4 executed without need: a, b, c …"]),
        ]:
            found = executed(Counter(ran.split()), frozenset(expected.split()))
            self.assertEqual(found, problems)


class BarTests(unittest.TestCase):
    """Bars, from figures made up."""

    def results(self, ours: float, ninja: float, problem: str = "") -> Results:
        """Nothing changed, M."""
        found = Results()
        for tool, seconds in [("pipewright", ours), ("ninja", ninja)]:
            one = Measurement(tool, "M", "list", "nothing")
            one.samples = [Sample(factor * seconds, 0, 0, 0, False) for factor in (1, 9, 1)]
            found.measurements.append(one)
        if problem:
            found.measurements[0].problems.append(problem)
        return found

    def verdict(self, results: Results) -> bars.Verdict:
        """The bar of that case."""
        return next(bar for bar in bars.verdicts(results) if bar.title == "nothing changed, M")

    def test_met_and_missed(self) -> None:
        self.assertEqual(self.verdict(self.results(0.02, 0.02)).answer, "met")
        missed = self.verdict(self.results(0.03, 0.02))
        self.assertEqual(missed.answer, "missed, by a factor of 1.50")
        self.assertEqual(self.verdict(Results()).answer, "not measured")

    def test_figures_of_other_work_do_not_count(self) -> None:
        results = self.results(0.01, 0.02, problem="1 not executed")
        self.assertEqual(self.verdict(results).answer, "not measured")

    def test_at_least(self) -> None:
        self.assertIs(bars.Verdict("", "", 4.0, 5, is_least=True).is_met, False)
        self.assertIs(bars.Verdict("", "", 5.0, 5, is_least=True).is_met, True)

    def test_bend(self) -> None:
        line = [0.01 + 0.0001 * steps for steps in (10, 1_000, 10_000)]
        self.assertAlmostEqual(bars.bend(line) or 0, 1)

    def test_raw_figures_are_read_back(self) -> None:
        results = self.results(0.02, 0.03)
        again = Results.read(json.loads(json.dumps(results.raw())))
        self.assertEqual(again, results)
        self.assertEqual(report.markdown(again), report.markdown(results))


rounds.REST = 0.01
rounds.tell = lambda text: None

if __name__ == "__main__":
    unittest.main()
