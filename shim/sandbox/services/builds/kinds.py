"""The kind of builds.sr.ht's webhooks (builds dossier, 6.2)."""

from __future__ import annotations

from typing import Any

from shim.sandbox.engine import times
from shim.sandbox.instance.call import Call
from shim.sandbox.services.builds.job import Job
from shim.sandbox.webhooks.events import sample
from shim.sandbox.webhooks.subscriptions import Kind


def _sample(call: Call, subscription: Any, event: str) -> str:
    """A sample tells of a job that there is not."""
    now = times.now()
    job = Job(-1, call.user, now, now, "SUCCESS", "", "Sample job", None, "", None, "UNLISTED", None)
    return sample(call, subscription, "JobEvent", event, job=job)


_EVENTS = dict.fromkeys(("JOB_CREATED", "JOB_UPDATED"), "JOBS")
USER = Kind("user", "UserWebhookSubscription", _EVENTS, sample=_sample, stopped=True)
