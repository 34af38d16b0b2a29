"""Recorded GraphQL exchanges, replayed and compared."""

from shim.sandbox.check.replay import Recording, recordings, replay
from shim.sandbox.check.report import Report

__all__ = ["Recording", "Report", "recordings", "replay"]
