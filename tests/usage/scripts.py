"""Programs that tests run as processes of their own: `python -m tests.usage.scripts NAME ARGUMENT...`."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from shim.store import open_store
from shim.usage.identity import Identity
from shim.usage.recorder import Recorder
from tests.store.scripts import become_somebody, refusal
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


def full_disk(folder: str) -> None:
    """Come to the end of the room that the system gives, until it gives more; tell what was counted."""
    mine = recorder(f"sqlite:///{folder}/store", folder)
    mine.sweep()
    mine.observe(exchange())
    mine.flush()
    room, most = os.stat(f"{folder}/store").st_size + 2**16, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    many(mine)
    print(refusal(mine.flush))
    mine.observe(exchange())
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    tell(mine)


def read_only() -> None:
    """Meet a store and a folder that may not be written, as somebody who is not root, until they may."""
    with tempfile.TemporaryDirectory(prefix="shim-usage-") as folder:
        recorder(f"sqlite:///{folder}/warm", folder).flush()  # loads modules that somebody else may not be able to read
        mine = recorder(f"sqlite:///{folder}/store", folder)
        become_somebody(folder)
        os.chmod(folder, 0o500)
        mine.observe(exchange())
        print(refusal(mine.flush))
        print(refusal(mine.sweep))
        os.chmod(folder, 0o700)
        many(mine)
        tell(mine)


def many(mine: Recorder) -> None:
    """A thousand calls in as many rows."""
    for n in range(1000):
        mine.observe(exchange(began=3600.0 * n))


def tell(mine: Recorder) -> None:
    """Print how many calls are in the store in the end, and how many are known to be lost."""
    mine.sweep()
    mine.close()
    print(mine._store.read("SELECT SUM(calls) AS n FROM usage")[0]["n"], mine._store.read("SELECT * FROM losses"))
    mine._store.close()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
