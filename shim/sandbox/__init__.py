"""Stand-in GraphQL servers over recorded data, for tests and the comparison; no part of the serving path."""

from shim.sandbox.instance.conditions import Conditions, Storage
from shim.sandbox.server import DataError, Sandbox

__all__ = ["Conditions", "DataError", "Sandbox", "Storage"]
