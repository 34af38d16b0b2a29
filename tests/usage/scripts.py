"""Programs that tests run as processes of their own: `python -m tests.usage.scripts NAME ARGUMENT...`."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from shim.store import open_store
from shim.usage.identity import Identity
from shim.usage.recorder import Recorder
from tests.usage.kit import exchange

ROOT = Path(__file__).parents[2]


def script(name: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Begin a program."""
    words = [sys.executable, "-W", "error", "-m", "tests.usage.scripts", name, *arguments]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)


def recorder(url: str, state: str) -> Recorder:
    """A recorder that only flushes when it is told."""
    return Recorder(open_store(url), Identity("name", None), state=Path(state))


def observe(url: str, state: str, written: str, more: str) -> None:
    """Count so many calls in the store and more in memory, and wait to be killed."""
    mine = recorder(url, state)
    mine.sweep()
    for _ in range(int(written)):
        mine.observe(exchange())
    mine.flush()
    for _ in range(int(more)):
        mine.observe(exchange())
    print("observed", flush=True)
    signal.pause()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
