"""Keeps the gate for all workers of a node: a thread of the master, which the workers ask over a Unix socket.

It lives exactly as long as the master; a worker that dies gives back its turns, for its connections end.
"""

from __future__ import annotations

import selectors
import shutil
import socket
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from shim.upstream.gate.admission import Admission, Entry
from shim.upstream.gate.wire import ADMITTED, BAD, GOOD, LONGEST, REFUSED, asked

_TICK = 0.25
_BACKLOG = 512


class Keeper:
    """Serves a gate at `path`. It logs nothing: the master forks while this thread runs."""

    def __init__(self) -> None:
        # No TemporaryDirectory: the workers inherit it, and the first of them to end would clear it away.
        self._folder = tempfile.mkdtemp(prefix="shim-gate-")
        self.path = str(Path(self._folder, "gate"))
        self.admission = Admission()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(_BACKLOG)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._guests: set[_Guest] = set()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)
        self._ended = False

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def leave(self) -> None:
        """Close what a forked process has inherited: the gate is the master's."""
        self._listener.close()
        for guest in list(self._guests):
            guest.close()

    def stop(self) -> None:
        """End, and leave nothing behind."""
        self._ended = True
        if self._thread.is_alive():
            self._thread.join()
        for guest in list(self._guests):
            guest.close()
        self._selector.close()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self) -> None:
        looked = 0.0
        while not self._ended:
            for key, _ in self._selector.select(_TICK):
                if key.data is None:
                    self._accept()
                else:
                    self._hear(key.data)
            now = time.monotonic()
            if now - looked >= _TICK:
                looked = now
                self._tick(now)

    def _tick(self, now: float) -> None:
        self.admission.look(now)
        for guest in self._guests:
            if guest.entry is not None and guest.until <= now:
                self.admission.withdraw(guest.entry, now)

    def _accept(self) -> None:
        with suppress(OSError):
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            guest = _Guest(connection)
            self._guests.add(guest)
            self._selector.register(connection, selectors.EVENT_READ, guest)

    def _hear(self, guest: _Guest) -> None:
        try:
            for line in guest.lines():
                self._answer(guest, line)
        except (OSError, ValueError, TypeError):
            self._leave(guest)

    def _answer(self, guest: _Guest, line: bytes) -> None:
        if line in (GOOD, BAD):
            self._end(guest, good=line == GOOD)
            return
        if guest.entry is not None:
            raise ValueError("a turn within a turn")
        now = time.monotonic()
        guest.entry, patience = asked(line)
        guest.until = now + patience
        guest.entry.settled = guest.tell
        self.admission.arrive(guest.entry, now)

    def _end(self, guest: _Guest, *, good: bool) -> None:
        entry, guest.entry = guest.entry, None
        if entry is not None:
            self.admission.withdraw(entry, time.monotonic())
            self.admission.leave(entry, time.monotonic(), good=good)

    def _leave(self, guest: _Guest) -> None:
        self._selector.unregister(guest.connection)
        self._guests.discard(guest)
        guest.connection.close()
        self._end(guest, good=False)


class _Guest:
    """A thread of a worker, at the other end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.entry: Entry | None = None
        self.until = 0.0
        self._buffer = b""

    def lines(self) -> list[bytes]:
        """The lines that have come whole: the end of a turn may come together with the wish for the next.

        Raises OSError at the end, ValueError for too long a line.
        """
        piece = self.connection.recv(LONGEST)
        if not piece:
            raise ConnectionResetError
        *lines, self._buffer = (self._buffer + piece).split(b"\n")
        if len(self._buffer) > LONGEST:
            raise ValueError("too long a line")
        return [line + b"\n" for line in lines]

    def tell(self, entry: Entry) -> None:
        """Say how the wait has ended; whoever has gone meanwhile is noticed when his connection is read."""
        inside = entry.state == "inside"
        if not inside:
            self.entry = None
        with suppress(OSError):
            self.connection.send(ADMITTED if inside else REFUSED)

    def close(self) -> None:
        """Hang up."""
        self.connection.close()
