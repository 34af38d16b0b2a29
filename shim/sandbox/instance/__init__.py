"""The instance that the servers belong to: its configuration, its users, who may do what."""

from shim.sandbox.instance.config import Instance, check_keys, played

__all__ = ["Instance", "check_keys", "played"]
