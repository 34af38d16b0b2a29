"""Replays recorded GraphQL exchanges against the sandbox, over HTTP, and compares the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
import yaml

from shim.recordings.answer import Answer
from shim.sandbox.check.exchange import Item, bearer, compare, prepare, receivers
from shim.sandbox.check.scope import Scope
from shim.sandbox.check.symbols import Difference, Symbols
from shim.sandbox.check.unrecorded import Unrecorded
from shim.sandbox.instance.conditions import Conditions, Storage
from shim.sandbox.instance.tokens import token_hash
from shim.sandbox.server import DataError, Sandbox

_INVENTED = re.compile(r"core part (is )?invented")
_ELSEWHERE = re.compile(r"after rest/")
_REVOKED = re.compile(r"token was revoked")


@dataclass(frozen=True)
class Recording:
    """A file of exchanges."""

    era: str
    service: str
    path: Path

    def read(self) -> tuple[list[Item], bool]:
        """The exchanges, in order, and whether they were derived from a contract: those have a head above them.

        Raises DataError.
        """
        try:
            document = yaml.load(self.path.read_bytes(), yaml.CSafeLoader)
        except (OSError, yaml.YAMLError) as error:
            raise DataError(f"{self.path}: {' '.join(str(error).split())}") from error
        head = document if isinstance(document, dict) else {"exchanges": document}
        items = head.get("exchanges")
        if not isinstance(items, list) or not items or not all(map(_is_exchange, items)):
            raise DataError(f"{self.path}: no list of GraphQL exchanges")
        return items, head.get("derived") is True


@dataclass(frozen=True)
class Outcome:
    """What became of one exchange: equal, different, passed over for a reason, or out of scope for what is lacking.

    `derived` ones were written after a contract, not recorded from a server.
    """

    recording: Recording
    index: int
    operation: str
    difference: Difference | None = None
    skipped: str | None = None
    lacking: str | None = None
    derived: bool = False

    @property
    def equal(self) -> bool:
        """Whether the answer was as recorded."""
        return not (self.difference or self.skipped or self.lacking)


def recordings(root: Path, eras: Iterable[str], services: Iterable[str], paths: Iterable[Path]) -> list[Recording]:
    """The files below a fixtures root that hold GraphQL exchanges; `paths` narrows them down."""
    chosen = [path.resolve() for path in paths]
    found = []
    for era in eras:
        for service in services:
            folder = _era_root(root, era) / service / "graphql"
            found += [Recording(era, service, path) for path in sorted(folder.rglob("*.yaml"))]
    return [r for r in found if not chosen or any(_within(r.path.resolve(), path) for path in chosen)]


def replay(root: Path, chosen: Iterable[Recording]) -> Iterator[Outcome]:
    """Play recordings, each file on the untouched data set.

    Raises DataError for data and recordings that cannot be used.
    """
    with ExitStack() as stack:
        players: dict[tuple[str, str], _Player] = {}
        for recording in chosen:
            key = (recording.era, recording.service)
            if key not in players:
                players[key] = stack.enter_context(_Player(root, *key))
            yield from players[key].play(recording)


def _is_exchange(item: Any) -> bool:
    """Whether something is of the recorded form, as far as replaying it needs."""
    asked = isinstance(item, dict) and (isinstance(item.get("document"), str) or isinstance(item.get("request"), dict))
    answered = item.get("response") if asked else None
    return isinstance(answered, dict) and ("status" in answered or answered.get("died") is True)


def _era_root(root: Path, era: str) -> Path:
    """Where the data and the recordings of an era lie."""
    return root / "era2026" if era == "2026" else root


def _within(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


class _Player:
    """A running sandbox of one service and era, and the client that talks to it."""

    def __init__(self, root: Path, era: str, service: str) -> None:
        self._era = era
        self._service = service
        self._receivers: dict[str, Answer] = {}
        self._sandbox = Sandbox(
            _era_root(root, era),
            era=era,
            services=[service],
            own_origin=False,
            instance_root=root,
            transport=self._receive,
        )
        self._stack = ExitStack()

    def __enter__(self) -> _Player:
        self._base = self._stack.enter_context(self._sandbox.running()) + f"/{self._service}"
        self._client = self._stack.enter_context(requests.Session())
        self._client.trust_env = False
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def play(self, recording: Recording) -> Iterator[Outcome]:
        """All exchanges of a file, in order."""
        items, derived = recording.read()
        self._sandbox.reset(self._conditions(recording, items))
        self._receivers = receivers(items)
        service = self._sandbox.services[self._service]
        symbols, scope = Symbols(self._sandbox.instance, service.random), Scope(service)
        unrecorded = Unrecorded(recording.path, items)
        for index, item in enumerate(items):
            operation = str(item.get("operation"))
            if lacking := scope.lacking(item):
                yield Outcome(recording, index, operation, lacking=lacking, derived=derived)
                continue
            for call in unrecorded.before(index):
                self._send(call, symbols)
            reason = _passed_over(item) or symbols.lacking(item.get("variables"))
            difference = None if item["response"].get("died") else self._exchange(item, symbols)
            lacking = scope.following(item) if difference and not reason else None
            if difference and not reason and not lacking:
                reason = scope.untold(item, difference)
            found = None if reason or lacking else difference
            yield Outcome(recording, index, operation, found, reason, lacking, derived)

    def _conditions(self, recording: Recording, items: list[Item]) -> Conditions:
        """The servers of 2026 were recorded with object storage on; those that answered had not died."""
        instance = self._sandbox.instance
        tokens = (bearer(item, Symbols(instance)) for item in items if _REVOKED.search(item.get("comment") or ""))
        revoked = tuple(map(token_hash, filter(None, tokens)))
        told = replace(Conditions.of(recording.path.stem, instance=instance), lucky=True, revoked=revoked)
        return replace(told, storage=Storage.of(instance)) if self._era == "2026" else told

    def _exchange(self, item: Item, symbols: Symbols) -> Difference | None:
        return compare(item["response"], self._send(item, symbols), symbols, self._era)

    def _send(self, item: Item, symbols: Symbols) -> requests.Response:
        """Make a call, and have the deliveries that it causes made."""
        response = self._client.send(prepare(item, self._base, symbols), allow_redirects=False)
        self._sandbox.drain()
        return response

    def _receive(self, url: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        """Answer a webhook delivery as the recorded receiver did."""
        if url not in self._receivers:
            raise requests.ConnectionError(f"nobody listens at {url}")
        return self._receivers[url]


def _passed_over(item: Item) -> str | None:
    """Why an exchange is no measure."""
    if item["response"].get("died"):
        return "the real server died"
    if _INVENTED.search(item.get("comment") or ""):
        return "the answer was invented by the recorder"
    if _ELSEWHERE.match(item.get("comment") or ""):
        return "it follows on what was done over REST"
    return None
