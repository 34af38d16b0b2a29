"""Replay one cassette: send its requests in order and judge each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from shim.compare.cassettes.cassette import Cassette
from shim.compare.cassettes.exchange import Exchange, Request
from shim.compare.judging.difference import Difference, Expected, compare
from shim.compare.reporting import curl
from shim.compare.reporting.result import CassetteResult, ExchangeResult, Judgement, Outcome
from shim.compare.rules.deviations import Declared, Deviations
from shim.compare.rules.situation import Situation
from shim.compare.rules.witness import Ask
from shim.compare.stand.credentials import Credentials
from shim.compare.stand.target import NoAnswer, Target
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names


@dataclass
class Replay:
    """One run of a cassette against a target.

    `start` brings the data set back to its untouched state, None where nobody can; `conditions` names what is
    switched on the servers during the run.
    """

    cassette: Cassette
    target: Target
    start: Callable[[], None] | None
    credentials: Credentials
    deviations: Deviations
    era: str
    paging: str = "sealed"
    conditions: frozenset[str] = frozenset()
    names: Names = field(default_factory=Names)
    happened: set[str] = field(default_factory=set)

    def run(self) -> CassetteResult:
        """Send everything, from the untouched data set on."""
        if self.start:
            self.start()
        results = tuple(map(self._replayed, self.cassette.exchanges))
        return CassetteResult.of(self.cassette, results)

    def _replayed(self, exchange: Exchange) -> ExchangeResult:
        request = self._filled(exchange.request)
        try:
            answer = self._sent(exchange, request)
            judgement = self._judge(exchange, answer, partial(self._ask, exchange.index))
        except NoAnswer as error:
            lost = Difference("answer", str(exchange.recorded.status), str(error))
            judgement = Judgement(Outcome.DIFFERENT, difference=lost)
        asked = exchange.request
        command = self._command(exchange, request) if judgement.difference else ""
        return ExchangeResult(exchange.index, asked.method, asked.target, judgement, command)

    def _sent(self, exchange: Exchange, request: Request) -> Answer:
        """The answer to an exchange's request, behind what was sent before it. Raises NoAnswer."""
        for earlier in exchange.before:
            self.target.send(self._filled(earlier))
        return self.target.send(request)

    def _command(self, exchange: Exchange, request: Request) -> str:
        """The curl line of a request; credentials stay symbols where only an operator may make them."""
        if self.credentials.keys.secret:
            request = replace(request, headers=exchange.request.headers)
        return curl.command(*self.target.addressed(request))

    def _judge(self, exchange: Exchange, answer: Answer, ask: Ask) -> Judgement:
        """An answer equal to the recording is exact, whatever the rules say; else it must be as a rule says."""
        trial = self.names.trial()
        difference = compare(Expected.recorded(exchange.recorded), answer, trial)
        first = None
        for declared in self._declared(exchange, ask) if difference else ():
            judgement, names = self._against(declared, answer)
            if judgement.outcome is Outcome.DECLARED:
                self.names.adopt(names)
                self.happened.update(judgement.rules)
                return judgement
            first = first or (judgement, names)
        judgement, names = first or (Judgement(_outcome(difference), difference=difference), trial)
        self.names.adopt(names)
        return judgement

    def _declared(self, exchange: Exchange, ask: Ask) -> Iterator[Declared]:
        caller = self.credentials.caller(exchange.request)
        owner = self.credentials.keys.owner_email
        around = Situation(self.cassette.service, self.era, caller, self.conditions, owner, self.happened, self.paging)
        return self.deviations.declared(exchange, around, ask)

    def _against(self, declared: Declared, answer: Answer) -> tuple[Judgement, Names]:
        names = self.names.trial()
        difference = compare(declared.expected, answer, names)
        rules = tuple(rule.id for rule in declared.rules)
        return Judgement(Outcome.DIFFERENT if difference else Outcome.DECLARED, rules, difference), names

    def _ask(self, index: int, request: Request) -> Answer:
        """What the same request gets with other credentials, from the state in which the first was sent."""
        if not request.safe:
            self._rewind(index)
        return self.target.send(self._filled(request))

    def _rewind(self, index: int) -> None:
        """Begin anew and send what stands before an exchange."""
        if self.start is None:
            raise NoAnswer("a write cannot be sent twice without a way to reset the data set")
        self.start()
        self.names = Names(self.names.clock)
        self.happened = set()
        for exchange in self.cassette.exchanges[:index]:
            answer = self._sent(exchange, self._filled(exchange.request))
            self._judge(exchange, answer, _always(answer))

    def _filled(self, request: Request) -> Request:
        renamed = self.deviations.rewrite(request, self.cassette.service, self.era, self.paging, self.names)
        return self.credentials.fill(renamed, self.names)


def _always(answer: Answer) -> Ask:
    return lambda request: answer


def _outcome(difference: Difference | None) -> Outcome:
    return Outcome.DIFFERENT if difference else Outcome.EXACT
