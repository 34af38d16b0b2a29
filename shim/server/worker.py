"""gunicorn's threaded worker, with requests awaited by its loop: a thread begins when all of a request is there."""

from __future__ import annotations

import errno
import selectors
import signal
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any, cast

from gunicorn.workers.gthread import TConn, ThreadWorker

from shim.server.arrival import Arrival
from shim.server.patience import PatientSocket

_PIECE = 2**16
_MOST_HELD = 2**26
_LINGER = 2.0
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_MUCH = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"


class Connection(TConn):
    """A client's connection; closed gracefully, the worker's loop waits for the client's end of it."""

    def __init__(self, worker: Worker, client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(worker.cfg, PatientSocket.of(client), address, server)
        self._worker = worker

    def close(self, graceful: bool = False) -> None:
        """Hang up."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class Worker(ThreadWorker):
    """Whoever sends slowly, or nothing, or does not hang up, costs a place in the loop and no thread.

    `place` is where it counts (`metrics.processes`).
    """

    place = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._arriving: dict[TConn, Arrival] = {}
        self._held = 0
        self._lingering: dict[TConn, float] = {}

    def init_signals(self) -> None:
        """Ctrl-C reaches every process of a terminal: it ends a worker as gently as TERM."""
        super().init_signals()
        signal.signal(signal.SIGINT, self.handle_exit)

    def accept(self, listener: Any) -> bool:  # type: ignore[override]
        """Take a new connection and wait for what comes; whether there was one."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return False
        self.nr_conns += 1
        self._await(Connection(self, client, address, listener.getsockname()))
        return True

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Another request begins on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread."""
        cast(PatientSocket, conn.sock).begin()
        super().enqueue_req(conn)

    def murder_pending(self) -> None:
        """Close connections whose requests do not come to an end; who stops does not wait long for one to begin."""
        if not self.alive:
            self._stop_listening()
        now = time.monotonic()
        for conn, arrival in list(self._arriving.items()):
            unheard = not self.alive and not arrival.data and arrival.begun + _LINGER < now
            if arrival.end < now or unheard:
                self._drop(conn, _TOO_LATE if arrival.data else b"")
        for conn, end in list(self._lingering.items()):
            if end < now:
                self._part(conn)

    def _stop_listening(self) -> None:
        """Take who has connected already, and let nobody connect who would not be served."""
        self.set_accept_enabled(False)
        for listener in self.sockets:
            with suppress(OSError):
                while self.accept(listener):
                    continue
            listener.close()
        self.sockets = []

    def linger(self, conn: TConn) -> None:
        """Hang up on this side and read on for a while: else what is unread takes the answer along."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        self.nr_conns += 1
        conn.sock.setblocking(False)
        self._lingering[conn] = time.monotonic() + _LINGER
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: TConn, client: socket.socket) -> None:
        try:
            if client.recv(_PIECE):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._part(conn)

    def _part(self, conn: TConn) -> None:
        del self._lingering[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _await(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        self._arriving[conn] = Arrival(time.monotonic())
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._arrive, conn))

    def _arrive(self, conn: TConn, client: socket.socket) -> None:
        """Something came: take it; when it is enough, a thread goes on."""
        try:
            data = client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
            return
        arrival = self._arriving[conn]
        if at_once := arrival.feed(data, time.monotonic()):
            with suppress(OSError):
                client.send(at_once)
        self._held += len(data)
        if arrival.is_ready():
            self._hand_over(conn)
        elif self._held > _MOST_HELD:
            self._drop(conn, _TOO_MUCH)

    def _hand_over(self, conn: TConn) -> None:
        arrival = self._forget(conn)
        conn.init()
        cast(Any, conn.parser).unreader.unread(bytes(arrival.data))
        conn.data_ready = True
        self.enqueue_req(conn)

    def _drop(self, conn: TConn, last_words: bytes = b"") -> None:
        self._forget(conn)
        self.nr_conns -= 1
        with suppress(OSError):
            conn.sock.send(last_words)
        conn.close()

    def _forget(self, conn: TConn) -> Arrival:
        self.poller.unregister(conn.sock)
        arrival = self._arriving.pop(conn)
        self._held -= len(arrival.data)
        return arrival
