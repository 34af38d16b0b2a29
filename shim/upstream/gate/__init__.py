"""The gate before the GraphQL servers: how many calls are under way at once, and who is next (upstream-safety 2, 3.4).

*Local* serves one process; *Remote* asks the *Keeper*, which serves all workers of a node.
"""

from shim.upstream.gate.admission import Admission, Bounds, Entry
from shim.upstream.gate.keeper import Keeper
from shim.upstream.gate.local import Gate, Local
from shim.upstream.gate.remote import Remote

__all__ = ["Admission", "Bounds", "Entry", "Gate", "Keeper", "Local", "Remote"]
