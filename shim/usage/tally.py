"""What outlasts `kill -9`: how many calls a process has seen, and how many of them are accounted for in the store.

Each process keeps the two numbers in a small file that it has mapped, so that counting is writing to memory, and locks
the file for as long as it lives. A file that nobody locks was left behind; the difference is what its owner lost.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import NamedTuple

from shim.settings import Config

STATE = "/var/lib/shim"
SLOTS = 64
MOST_FILES = 1000
_MAGIC = int.from_bytes(b"shimuse1", "little")
_MARK, _STOPPED, _SETTLED, _SEEN = 0, 1, 2, 3
_SIZE = 8 * (_SEEN + SLOTS)
_MOST_CALLS = 2**50
_MODE = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_ATTEMPTS = 3


class Tally:
    """The numbers of one process, in memory until `keep` finds a place for them.

    Any thread may count a call without a lock: numbers are given out one by one, and written to slots in turn, so that
    a thread that comes late overwrites no later number. The greatest is how many there were.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._memory = memoryview(bytearray(_SIZE)).cast("Q")
        self._path: Path | None = None
        self._descriptor = -1

    def see(self) -> None:
        """Count a call."""
        number = next(self._numbers)
        self._memory[_SEEN + number % SLOTS] = number

    @property
    def seen(self) -> int:
        """How many calls there were."""
        return max(self._memory[_SEEN:])

    @property
    def settled(self) -> int:
        """How many of them are in the store, or in it as lost."""
        return self._memory[_SETTLED]

    def settle(self, calls: int) -> None:
        """Note that so many more are accounted for; by one thread only."""
        self._memory[_SETTLED] += calls

    def keep(self, folder: Path, store: str) -> None:
        """Keep the numbers in a file of the folder, marked by the name of the store. Raises OSError.

        Who looks for files left behind may be faster than the lock; then there is another.
        """
        for _ in range(0 if self._path else _ATTEMPTS):
            path = folder / f"{_prefix(store)}{os.getpid()}-{secrets.token_hex(4)}"
            descriptor = os.open(path, _MODE | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                memory = _mapped(path, descriptor)
            except OSError:
                path.unlink(missing_ok=True)
                os.close(descriptor)
                raise
            if memory:
                self._path, self._descriptor = path, descriptor
                self._move(memory)
                return
            os.close(descriptor)

    def _move(self, memory: memoryview) -> None:
        earlier, memory[_MARK], memory[_SETTLED] = self._memory, _MAGIC, self.settled
        self._memory = memory
        for slot in range(_SEEN, _SEEN + SLOTS):
            memory[slot] = max(memory[slot], earlier[slot])

    def end(self) -> None:
        """Let go of the file: it stays, and says that its owner stopped, if something is not accounted for."""
        if self._path is None:
            return
        self._memory[_STOPPED] = 1
        if self.seen == self.settled:
            self._path.unlink(missing_ok=True)
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self.leave()

    def leave(self) -> None:
        """Let go of the file, mapping and all, as a process does that was forked from its owner."""
        if self._path is not None:
            os.close(self._descriptor)
            self._path, self._memory = None, memoryview(bytearray(_SIZE)).cast("Q")


def state_folder(config: Config) -> Path:
    """Where tallies are kept: the configured folder, else that of the store's file, else the usual one."""
    path = (config.store or "").removeprefix("sqlite:///")
    if config.state or path == config.store:
        return Path(config.state or STATE)
    return Path(path).absolute().parent


class Left(NamedTuple):
    """What a process left behind: why it ended (`killed`, or `stopped` without its store), and calls it lost."""

    reason: str
    calls: int


@contextmanager
def left(folder: Path, store: str) -> Iterator[list[Left]]:
    """What processes that are gone have lost; their files are removed when the block ends without an error.

    Raises OSError where the folder can't be read; files that can't be, or belong to somebody else, are left alone.
    """
    names = sorted(name for name in os.listdir(folder) if name.startswith(_prefix(store)))[:MOST_FILES]
    found = [entry for name in names if (entry := _opened(folder / name))]
    try:
        yield [what for _, descriptor in found if (what := _read(descriptor))]
        for path, _ in found:
            path.unlink(missing_ok=True)
    finally:
        for _, descriptor in found:
            os.close(descriptor)


def _mapped(path: Path, descriptor: int) -> memoryview | None:
    """The memory of a new file, locked; None if somebody else took it for one that was left behind."""
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, bytes(_SIZE))  # to touch a page without a block behind it is a SIGBUS on a full disk
        if _is_at(path, descriptor):
            return memoryview(mmap.mmap(descriptor, _SIZE)).cast("Q")
    return None


def _prefix(store: str) -> str:
    return f"usage-{blake2b(store.encode(), digest_size=4).hexdigest()}-"


def _opened(path: Path) -> tuple[Path, int] | None:
    """A tally that nobody else has locked, locked now."""
    try:
        descriptor = os.open(path, _MODE)
    except OSError:
        return None
    with suppress(OSError):
        if _is_mine(descriptor):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(path, descriptor):
                return path, descriptor
    os.close(descriptor)
    return None


def _is_mine(descriptor: int) -> bool:
    found = os.fstat(descriptor)
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_nlink == 1


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether a path still is the file that was opened there."""
    with suppress(OSError):
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    return False


def _read(descriptor: int) -> Left | None:
    """The numbers in a tally; None where none were lost, or it makes no sense."""
    data = os.pread(descriptor, _SIZE, 0)
    if len(data) != _SIZE:
        return None
    numbers = memoryview(data).cast("Q")
    calls = max(numbers[_SEEN:]) - numbers[_SETTLED]
    sane = numbers[_MARK] == _MAGIC and 0 < calls <= _MOST_CALLS
    return Left("stopped" if numbers[_STOPPED] else "killed", calls) if sane else None
