"""In front of the services: which one is meant, and how they share a worker's threads."""

from shim.front.hosts import Front
from shim.front.shares import Shares

__all__ = ["Front", "Shares"]
