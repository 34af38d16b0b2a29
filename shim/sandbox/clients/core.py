"""How the library of SourceHut's own servers lists and looks after webhooks at another one (clients H1, H3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shim.sandbox.clients.client import Client

FIRST = "-1"
"""What the library begins a list with."""
OK, CREATED, DELETED = 200, 201, 204
"""The only statuses that it takes: of a page, of a new subscription, of one that is gone."""
Wanted = Mapping[str, Sequence[str]]
"""Events by the URL that is to be told of them."""


class Unexpected(Exception):
    """A status that the library takes for a failure; whoever called it shows an error page. Has the answer's text."""


def results(client: Client, service: str, path: str) -> Iterator[dict[str, Any]]:
    """The rows of a list, each when it is needed: what `next` says is pasted in as it is. Raises Unexpected."""
    start = FIRST
    while start is not None:
        answer = client.ask("GET", service, f"{path}?start={start}")
        _check(answer, OK)
        page = answer.json()
        yield from page["results"]
        start = page.get("next")


def ensure_webhooks(client: Client, service: str, path: str, wanted: Wanted) -> None:
    """Have exactly the wanted events told to each URL; others' are left alone. Raises Unexpected.

    Events in another order are other events: such a subscription is deleted, and made anew.
    """
    missing = dict(wanted)
    for hook in results(client, service, path):
        events = missing.get(hook["url"])
        if events == hook["events"]:
            del missing[hook["url"]]
        elif events is not None:
            _check(client.ask("DELETE", service, f"{path}/{hook['id']}"), DELETED)
    for url, events in missing.items():
        _check(client.ask("POST", service, path, json={"events": events, "url": url}), CREATED)


def _check(answer: Any, status: int) -> None:
    if answer.status_code != status:
        raise Unexpected(answer.text)
