"""POST /api/jobs: submit a job (builds E2, 2.4). It is sent once, whatever becomes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.body import Valid, optional, required
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal
from shim.services.answers import Lost
from shim.services.builds.resources import SubmittedJob
from shim.services.builds.told import told
from shim.services.call import Call
from shim.services.users import caller
from shim.upstream import FieldError, Kind

submissions = Endpoints()
_submitted = SubmittedJob()
_LONGEST_MANIFEST = 16384
_TAG = re.compile(r"^[A-Za-z0-9_.-]+$")
_BAD_TAG = "Invalid tag name, tags must use lowercase alphanumeric characters, underscores, dashes, or dots"
UNPAID = "Payment is required to submit build jobs. Set up billing at https://meta.sr.ht/billing/initial"
LOST = (
    "{service}.sr.ht took this job, or may have, and its answer was lost:"
    " look at the list of jobs before you submit it again"
)
_EXAMPLE = {"manifest": "image: alpine/latest\ntasks:\n- build: make\n", "note": "Nightly", "tags": ["weather"]}
Row = Mapping[str, Any]


@submissions.post(
    "/api/jobs",
    scope="jobs:write",
    operation=("Me", "Submit"),
    fields=(required("manifest"), optional("note"), optional("secrets", bool), optional("tags", list)),
    resource=SubmittedJob,
    examples={"body": _EXAMPLE, **_EXAMPLE, "secrets": None},
)
def submit(call: Call) -> Response:
    """A new job, which a runner takes unless `execute` is false."""
    given = _given(call.valid)
    owner = caller(call, "Me", "me")
    return json.answer(_submitted.dump({**told(call, _made(call, given)), "owner": owner}))


def _given(valid: Valid) -> dict[str, Any]:
    """The variables that submit a job. Raises the old refusal, or the crash over a tag that is no text."""
    given = valid.values
    if len(given.get("manifest", "")) >= _LONGEST_MANIFEST:
        valid.complain(f"Manifest must be less than {_LONGEST_MANIFEST} bytes", "manifest")
    if not valid.errors and not all(map(_is_tag, given.get("tags", ()))):
        valid.complain(_BAD_TAG, "tags")
    execute = valid.take(optional("execute", bool))
    valid.check()
    absent = dict.fromkeys(("note", "secrets"))
    return {**absent, "tags": [], **given, "execute": execute}


def _is_tag(tag: Any) -> bool:
    if not isinstance(tag, str):
        raise Crash(f"a tag that is no text: {tag!r}")
    return _TAG.match(tag) is not None


def _made(call: Call, given: Row) -> Row:
    """The job as the API tells of it. Raises the old answer, and where nobody knows, what to do."""
    try:
        result = call.fetch("Submit", **given)
        job: Row | None = result.get("submit")
        if job is None or result.errors:
            raise _refused(call, result.errors)
    except Lost as lost:
        raise lost.saying(LOST) from lost
    return job


def _refused(call: Call, errors: Sequence[FieldError]) -> Exception:
    """The answer to errors: one below the job says nothing against its being there."""
    if any(error.kind is Kind.PAYMENT for error in errors):
        return Refusal(402, UNPAID)
    if not errors or any(len(error.path) > 1 for error in errors):
        for error in errors:
            call.trace.note(error.kind, error.message)
        return Lost(call.backend.service.name)
    return call.answers.of_mutation(errors)
