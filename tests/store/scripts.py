"""Programs that tests run as processes of their own: `python -m tests.store.scripts NAME ARGUMENT...`.

Each prints a line when it is where the test wants it.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from shim.store import Statements, Store, StoreError, migrations, open_store

ROOT = Path(__file__).parents[2]
COUNT = (
    "INSERT INTO losses (hour, reason, calls) VALUES (:hour, :reason, :calls)"
    " ON CONFLICT (hour, reason) DO UPDATE SET calls = losses.calls + excluded.calls"
)
NOBODY = 65534


def script(name: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Begin a program."""
    words = [sys.executable, "-W", "error", "-m", "tests.store.scripts", name, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True, **options)


def ended(process: subprocess.Popen[str]) -> str:
    """What a program printed; it must have ended well and said nothing else."""
    printed, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    return printed


def count(store: Store, calls: int = 1, hour: int = 0) -> int:
    """Count so many calls; the rows that changed."""
    return store.write(lambda statements: statements.run(COUNT, hour=hour, reason="full", calls=calls))


def counted(store: Store) -> int:
    """How many calls there are in all."""
    found = store.read("SELECT COALESCE(SUM(calls), 0) AS calls FROM losses")[0]["calls"]
    assert isinstance(found, int)
    return found


def upserts(url: str, transactions: str, rows: str) -> None:
    """Write so many rows in each of so many transactions, when told by a line."""
    store = open_store(url, patience=60)
    values = [{"hour": 3600 * (n % 7), "reason": "full", "calls": 1} for n in range(int(rows))]
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(transactions)):
        store.write(lambda statements: statements.many(COUNT, values))


def migrate(url: str) -> None:
    """Migrate when told, and print what was applied."""
    store = open_store(url)
    print("ready", flush=True)
    sys.stdin.readline()
    print(*migrations.migrate(store))


def migrate_halfway(url: str) -> None:
    """Hang in a migration behind its first tables, until killed."""
    run = Statements.run

    def hanging(self: Statements, sql: str, /, **values: Any) -> int:
        changed = run(self, sql, **values)
        if "CREATE TABLE usage" in sql:
            print("halfway", flush=True)
            signal.pause()
        return changed

    Statements.run = hanging  # type: ignore[method-assign]
    migrations.migrate(open_store(url))


def forget_to_close(url: str) -> None:
    """End with connections and threads that nobody closed."""
    logging.basicConfig()
    store = open_store(url)
    count(store)
    print(counted(store))


def fork(url: str) -> None:
    """Write before a fork and behind it, on both sides, and read what there is of it."""
    store = open_store(url)
    count(store)
    child = os.fork()
    for _ in range(20):
        count(store)
        counted(store)
    if not child:
        return
    assert os.waitpid(child, 0)[1] == 0
    count(store)
    print(counted(store))
    store.close()


def read_only() -> None:
    """Meet a folder and a file that may not be written, as somebody who is not root."""
    with tempfile.TemporaryDirectory(prefix="shim-store-") as folder:
        warm, store = open_store(f"sqlite:///{folder}/warm"), open_store(f"sqlite:///{folder}/store")
        count(warm)  # loads modules that somebody else may not be able to read
        warm.close()
        become_somebody(folder)
        os.chmod(folder, 0o500)
        print(refusal(lambda: count(store)))
        os.chmod(folder, 0o700)
        count(store)
        store.close()
        os.chmod(f"{folder}/store", 0o400)
        print(refusal(lambda: count(store)))
        print(counted(store))
        os.chmod(f"{folder}/store", 0o600)
        count(store)
        print(counted(store))
        store.close()


def become_somebody(folder: str) -> None:
    """Be no longer root, but the owner of a folder."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def full_disk(path: str) -> None:
    """Come to the end of the room that the system gives, until it gives more."""
    store = open_store(f"sqlite:///{path}")
    count(store)
    room, most = os.stat(path).st_size + 2**16, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    rows = [{"hour": hour, "reason": "x" * 1000, "calls": 1} for hour in range(1000)]
    print(refusal(lambda: store.write(lambda statements: statements.many(COUNT, rows))))
    print(counted(store))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    store.write(lambda statements: statements.many(COUNT, rows))
    print(counted(store))
    store.close()


def refusal(act: Any) -> str:
    """What the store says to it."""
    try:
        act()
    except StoreError as error:
        return str(error)
    raise AssertionError("that worked")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
