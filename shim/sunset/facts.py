"""What there is to write to one caller: the variables of a mail's template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from shim.guide.documents import Document
from shim.settings import Config
from shim.sunset.prospects import Prospect
from shim.sunset.windows import dated, ending

_OWNER = "u"
"""The GraphQL variable for the user whose things are asked for."""


@dataclass(frozen=True)
class Query:
    """A document to send instead, with examples of its variables."""

    name: str
    text: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """What is told of one endpoint. Dates are texts, empty where there is none.

    `queries` are those that are always needed; `repeated` the names of others whose text stands with an earlier
    endpoint, and `further` of those that are only needed where the first can't tell all.
    """

    title: str
    service: str
    calls: int
    last_call: str
    agents: Sequence[str]
    deprecated: str
    sunset: str
    removal: str
    brownout: str
    refused: int
    rehearsed: int
    successor: str
    note: str
    owner: str
    grants: Sequence[str]
    page: str
    queries: Sequence[Query]
    repeated: Sequence[str]
    further: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """All that is told: `name` is the caller's, `end` the first date at which something ends, empty if none is set;
    `usage` is where callers learn the same at any time, `operator` where to write to.
    """

    name: str
    services: Sequence[str]
    since: str
    until: str
    calls: int
    agents: Sequence[str]
    end: str
    endpoints: Sequence[Line]
    usage: str
    operator: str


def facts(name: str, prospects: Sequence[Prospect], config: Config, since: int, until: int) -> Facts:
    """The facts of a caller from their prospects, at least one; `since` and `until` are Unix seconds."""
    services = [config.services[s] for s in dict.fromkeys(prospect.use.service for prospect in prospects)]
    programs: Counter[str] = Counter()
    for agent in (agent for prospect in prospects for agent in prospect.agents):
        programs[agent.agent] += agent.calls
    ends = filter(None, (ending(prospect.lifecycle) for prospect in prospects))
    told: set[tuple[str, str]] = set()
    return Facts(
        name=name,
        services=[service.section for service in services],
        since=_day(since),
        until=_day(until),
        calls=sum(prospect.use.calls for prospect in prospects),
        agents=[agent for agent, _ in programs.most_common() if agent],
        end=_dated(min(ends, default=None)),
        endpoints=[_line(name, prospect, config, told) for prospect in prospects],
        usage=f"{config.origin or services[0].origin}/api/shim/usage",
        operator=config.owner_email,
    )


def _line(name: str, prospect: Prospect, config: Config, told: set[tuple[str, str]]) -> Line:
    """An endpoint; queries that were `told` are not told again."""
    use, lifecycle, brownout = prospect.use, prospect.lifecycle, prospect.brownout
    needed, further = _split(prospect.guide.documents)
    new = [document for document in needed if (use.service, document.operation) not in told]
    repeated = [document.operation for document in needed if document not in new]
    told.update((use.service, document.operation) for document in new)
    return Line(
        title=prospect.guide.title,
        service=config.services[use.service].section,
        calls=use.calls,
        last_call=_day(use.last_call),
        agents=[agent.agent for agent in prospect.agents if agent.agent],
        deprecated=_dated(lifecycle.deprecated),
        sunset=_dated(lifecycle.sunset),
        removal=_dated(lifecycle.removal),
        brownout=f"{_dated(brownout.begin)} to {_dated(brownout.end)}" if brownout else "",
        refused=use.refused,
        rehearsed=use.rehearsed,
        successor=lifecycle.successor or "",
        note=lifecycle.note or "",
        owner=lifecycle.owner or "",
        grants=prospect.guide.grants,
        page=prospect.page,
        queries=[_query(document, name) for document in new],
        repeated=repeated,
        further=[document.operation for document in further],
    )


def _split(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """The first query and what writes, and the other queries: each as asked for anybody's things, where it can be."""
    forms = {document.operation: document for document in documents}
    first = next((name for name, document in forms.items() if document.kind == "query"), "")
    needed = [document for name, document in forms.items() if name == first or document.kind != "query"]
    return needed, [document for document in forms.values() if document not in needed]


def _query(document: Document, name: str) -> Query:
    return Query(document.operation, document.text, examples(document, name))


def examples(document: Document, name: str) -> dict[str, Any]:
    """Values of a document's variables, in which the caller stands for whoever is asked for."""
    given = {variable.name: variable.example for variable in document.variables}
    return {**given, _OWNER: name} if _OWNER in given else given


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d}"


def _dated(moment: datetime | None) -> str:
    return dated(moment) if moment else ""
