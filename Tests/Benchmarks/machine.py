"""What was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def description(scratch: Path) -> dict[str, str]:
    """Processor, memory, kernel and file system."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{_memory() / 1e9:.0f} GB",
        "system": _system(),
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": _file_system(scratch),
        "python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.platform()


def _file_system(scratch: Path) -> str:
    words = ["df", "-T", str(scratch)]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        return "unknown"
    device, kind = told.stdout.splitlines()[-1].split()[:2]
    if kind != "ext4":
        return kind
    # Without one ext4 looks, for each new file, through those that were deleted lately.
    journals = Path("/proc/fs/jbd2").glob(f"{Path(device).name}-*")
    return f"{kind}, {'with' if any(journals) else 'without'} a journal"
