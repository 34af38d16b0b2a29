"""Old clients of the legacy API, as far as they can be told from outside: who they are and what they ask.

They are made after programs that exist; what each sends and how it pages is theirs, faults included.
"""

from shim.sandbox.clients.cast import Cast, NoCast
from shim.sandbox.clients.client import HOOKS, Client, Unreachable
from shim.sandbox.clients.scripts import SCRIPTS, Script

__all__ = ["HOOKS", "SCRIPTS", "Cast", "Client", "NoCast", "Script", "Unreachable"]
