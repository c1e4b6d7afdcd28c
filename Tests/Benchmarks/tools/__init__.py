"""The tools that are compared, each in a file of its own."""

from tools.doit import Doit
from tools.dvc import DVC
from tools.make import Make
from tools.ninja import N2, Ninja, Samurai
from tools.pipewright import Pipewright
from tools.scons import SCons
from tools.snakemake import Snakemake
from tools.task import Task
from tools.tool import Tool
from tools.tup import Tup

ALL: list[type[Tool]] = [
    Pipewright,
    Ninja,
    Samurai,
    N2,
    Make,
    Tup,
    Task,
    SCons,
    Doit,
    DVC,
    Snakemake,
]

__all__ = ["ALL", "Pipewright", "Tool"]
