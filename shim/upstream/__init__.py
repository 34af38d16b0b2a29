"""GraphQL: operations, sessions, cursors, errors, eras. Knows nothing of the legacy API."""

from shim.upstream.asker import Asker, Deadline
from shim.upstream.body import Content
from shim.upstream.cursor import EVERYTHING, Ask, Fetch, Pager, Rows, Sealed, Window
from shim.upstream.era import PROBE, Era
from shim.upstream.errors import UNCERTAIN, FieldError, FieldFailure, Kind, UpstreamError
from shim.upstream.gate import Bounds, Gate, Keeper, Local, Remote
from shim.upstream.guard import LARGEST_INT, HoldsNul, Refused
from shim.upstream.listings import LISTINGS, Listing
from shim.upstream.operations import Operation, Operations, load, loads, read
from shim.upstream.result import Result
from shim.upstream.session import WAIT, Limits, Upstream
from shim.upstream.times import microseconds
from shim.upstream.walk import SERVER_PAGE, Beyond, Walk

__all__ = [
    "EVERYTHING",
    "LARGEST_INT",
    "LISTINGS",
    "PROBE",
    "SERVER_PAGE",
    "UNCERTAIN",
    "WAIT",
    "Ask",
    "Asker",
    "Beyond",
    "Bounds",
    "Content",
    "Deadline",
    "Era",
    "Fetch",
    "FieldError",
    "FieldFailure",
    "Gate",
    "HoldsNul",
    "Keeper",
    "Kind",
    "Limits",
    "Listing",
    "Local",
    "Operation",
    "Operations",
    "Pager",
    "Refused",
    "Remote",
    "Result",
    "Rows",
    "Sealed",
    "Upstream",
    "UpstreamError",
    "Walk",
    "Window",
    "load",
    "loads",
    "microseconds",
    "read",
]
