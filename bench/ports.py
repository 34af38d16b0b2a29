"""Ports for servers that have to be told where to listen."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def hold() -> socket.socket:
    """A socket that keeps a port on loopback for servers that listen there again and again; nobody else gets it.

    A bound port is given neither to a socket that takes any nor to a connection; but servers, which set SO_REUSEADDR,
    may listen on it as long as whoever bound it does not.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((HOST, 0))
    return holder
