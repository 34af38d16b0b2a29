"""How often each endpoint asks upstream, measured over recorded exchanges by the Server-Timing of the answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shim.compare.cassettes.cassette import Cassette
from shim.compare.cassettes.exchange import Request
from shim.compare.stand.stage import Stage, Stand
from shim.compare.stand.target import Target
from shim.recordings.answer import Answer

Calls = Mapping[str, Counter[int]]
_ENTRY = re.compile(r'(?P<name>[^;,\s]+);dur=[\d.]+;desc="(?P<description>[^"]*)"')


@dataclass
class Measured:
    """A target that notes the upstream calls behind each successful answer, by `<service> <endpoint>`."""

    target: Target
    service: str
    calls: dict[str, Counter[int]]

    def send(self, request: Request) -> Answer:
        """The target's answer. Raises NoAnswer."""
        answer = self.target.send(request)
        entries = _ENTRY.findall(answer.headers.get("server-timing", ""))
        if answer.status < 400 and request.method != "OPTIONS" and entries:
            (_, endpoint), *others = entries
            self.calls[f"{self.service} {endpoint}"][sum(int(description) for _, description in others)] += 1
        return answer

    def addressed(self, request: Request) -> tuple[Request, str]:
        """The target's address."""
        return self.target.addressed(request)


def measuring(stand: Stand, calls: dict[str, Counter[int]]) -> Stand:
    """A stand whose targets note their upstream calls in `calls`."""

    def measured(cassette: Cassette) -> Stage:
        stage = stand(cassette)
        return replace(stage, target=Measured(stage.target, cassette.service, calls))

    return measured
