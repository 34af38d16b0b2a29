"""What a comparison found, exchange by exchange, cassette by cassette, service by service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from shim.compare.cassettes.cassette import Cassette
from shim.compare.judging.difference import Difference


class Outcome(str, Enum):
    """How one answer stands to its recording."""

    EXACT = "exact"
    DECLARED = "declared"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Judgement:
    """What is thought of one answer: the rules (ids) that speak of it, and the first difference that is left."""

    outcome: Outcome
    rules: tuple[str, ...] = ()
    difference: Difference | None = None


@dataclass(frozen=True)
class ExchangeResult:
    """One exchange as recorded (method and target are symbolic), judged.

    `command` is a curl line that sends a request again whose answer differs.
    """

    index: int
    method: str
    target: str
    judgement: Judgement
    command: str = ""

    @property
    def outcome(self) -> Outcome:
        """How its answer stands to the recording."""
        return self.judgement.outcome


@dataclass(frozen=True)
class Totals:
    """Numbers of exchanges by outcome."""

    exact: int = 0
    declared: int = 0
    different: int = 0

    @classmethod
    def of(cls, results: Iterable[ExchangeResult]) -> Totals:
        """Count outcomes."""
        counts = Counter(result.outcome.value for result in results)
        return cls(**counts)

    @property
    def exchanges(self) -> int:
        """All of them."""
        return self.exact + self.declared + self.different

    def percent(self, number: int) -> float:
        """A number of exchanges in hundredths of all, 0 of none; cut to one digit, so that 100 means all."""
        return 1000 * number // self.exchanges / 10 if self.exchanges else 0.0


@dataclass(frozen=True)
class CassetteResult:
    """One cassette; `skipped` says why it was not run, if it was not. `derived` is the cassette's."""

    name: str
    service: str
    kind: str
    exchanges: tuple[ExchangeResult, ...] = ()
    skipped: str = ""
    derived: bool = False

    @classmethod
    def of(cls, cassette: Cassette, exchanges: tuple[ExchangeResult, ...] = (), skipped: str = "") -> CassetteResult:
        """What was found of a cassette."""
        return cls(cassette.name, cassette.service, cassette.kind, exchanges, skipped, cassette.derived)

    @property
    def totals(self) -> Totals:
        """Its exchanges by outcome."""
        return Totals.of(self.exchanges)

    @property
    def verdict(self) -> str:
        """The worst that can be said of it, in words."""
        totals = self.totals
        if self.skipped:
            return "not run"
        if totals.different:
            return "different"
        return "deviating as declared" if totals.declared else "equal"


@dataclass(frozen=True)
class Comparison:
    """A whole run; `unused` are the rules (ids) that it should have needed and did not."""

    root: str
    era: str
    cassettes: tuple[CassetteResult, ...]
    unused: tuple[str, ...] = ()

    @property
    def totals(self) -> Totals:
        """All exchanges by outcome."""
        return Totals.of(result for cassette in self.cassettes for result in cassette.exchanges)

    @property
    def derived(self) -> int:
        """The number of exchanges that no server was recorded with."""
        return sum(len(cassette.exchanges) for cassette in self.cassettes if cassette.derived)

    @property
    def services(self) -> dict[str, Totals]:
        """The exchanges of each service by outcome."""
        names = sorted({cassette.service for cassette in self.cassettes})
        return {
            name: Totals.of(
                result for cassette in self.cassettes if cassette.service == name for result in cassette.exchanges
            )
            for name in names
        }

    @property
    def rules(self) -> dict[str, int]:
        """How many answers each rule declares."""
        return Counter(
            rule
            for cassette in self.cassettes
            for result in cassette.exchanges
            if result.outcome is Outcome.DECLARED
            for rule in result.judgement.rules
        )

    @property
    def passed(self) -> bool:
        """Whether nothing differs undeclared and every rule is needed."""
        return not self.totals.different and not self.unused
