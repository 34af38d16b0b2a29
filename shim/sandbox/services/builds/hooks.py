"""The events of builds.sr.ht, and who hears of them (builds dossier, 6.2)."""

from __future__ import annotations

from copy import copy

from shim.sandbox.instance.call import Call
from shim.sandbox.services.builds.job import Job
from shim.sandbox.services.builds.kinds import USER
from shim.sandbox.webhooks.events import Payload, announce


def job_changed(call: Call, event: str, job: Job) -> None:
    """Tell the caller of a job of his; starting and cancelling it are no events."""
    announce(call, USER, Payload("JobEvent", event, job=copy(job)), user=call.user)
