"""Whether a client has hung up, as Go's server learns of it: its connection ends while an answer is prepared."""

from __future__ import annotations

import select
import socket


def gone(connection: socket.socket, seconds: float = 0.0) -> bool:
    """Whether the other side has closed a connection, waiting for that up to some time.

    What it has sent meanwhile is left to be read. A connection that this side has closed meanwhile was answered.
    """
    try:
        readable, _, _ = select.select([connection], [], [], seconds)
    except (OSError, ValueError):
        return False
    try:
        return bool(readable) and connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
