"""Whom an operator writes to before endpoints end, what is noted of them, and the mails to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property

from shim.services.backend import Backend
from shim.settings import Config
from shim.store import Store
from shim.sunset.facts import facts
from shim.sunset.letter import Template
from shim.sunset.outreach import Contact, Outreach, is_name
from shim.sunset.prospects import Prospects
from shim.usage.report import CallerUse, Report, Scope

DAY = 86400
_NAMELESS = {
    "hash": "callers are stored as hashes ([shim] usage-identity = hash), by which nobody can be written to",
    "none": "callers are not stored ([shim] usage-identity = none)",
}


class Unheard(LookupError):
    """A name that nothing is known of, and why that may be."""


@dataclass(frozen=True)
class Known:
    """A caller who can be written to: what they used, which may be nothing lately, and what is noted of them."""

    use: CallerUse
    contact: Contact

    @property
    def state(self) -> str:
        """The state as it is now: whoever had moved and calls again is open."""
        return self.contact.standing(self.use.last_call)


class Desk:
    """The callers since a time, in Unix seconds as `now` is. Each method raises StoreError."""

    def __init__(self, config: Config, backends: Mapping[str, Backend], store: Store, since: int, now: int) -> None:
        self.config, self._backends, self._since, self._now = config, backends, since, now
        self._report, self._outreach = Report(store), Outreach(store)

    def known(self) -> list[Known]:
        """Those with a name, most calls first; behind them those of whom only something is noted."""
        contacts = self._outreach.contacts()
        uses = [u for u in self._report.by_caller(Scope(self._since, self._now + 1)) if is_name(u.caller)]
        silent = contacts.keys() - {use.caller for use in uses}
        calling = [Known(use, contacts.get(use.caller, Contact(use.caller))) for use in uses]
        return calling + [Known(CallerUse(name, 0, 0, 0, ()), contacts[name]) for name in sorted(silent)]

    def one(self, name: str) -> Known:
        """One of them. Raises Unheard."""
        for known in self.known():
            if known.use.caller == name:
                return known
        raise self._unheard(name)

    def nobody(self) -> str:
        """Why there is nobody to write to."""
        days = (self._now - self._since) // DAY
        reason = _NAMELESS.get(self.config.usage_identity, f"nobody with a name has called within {days} days")
        return f"There is nobody to write to: {reason}."

    def mail(self, template: Template, name: str) -> str | None:
        """The mail to a caller, None where all that they used is gone. Raises letter.Unusable."""
        prospects = self._prospects.of((name,), self._since, self._now + 1)
        return template.mail(facts(name, prospects, self.config, self._since, self._now)) if prospects else None

    def mark(self, name: str, state: str | None, note: str | None, consent: str | None) -> Contact:
        """Note what was agreed with anybody who has ever called. Raises Unheard and outreach.Pointless."""
        uses = self._report.by_caller(Scope(0, self._now + 1, callers=(name,)))
        if not uses and name not in self._outreach.contacts():
            raise self._unheard(name)
        last_call = uses[0].last_call if uses else None
        return self._outreach.mark(name, state, note=note, consent=consent, last_call=last_call, now=self._now)

    @cached_property
    def _prospects(self) -> Prospects:
        return Prospects(self._report, self._backends, datetime.fromtimestamp(self._now, timezone.utc))

    def _unheard(self, name: str) -> Unheard:
        if self.config.usage_identity in _NAMELESS:
            return Unheard(self.nobody())
        return Unheard(f"nothing is known of ~{name}; `shim outreach list` tells who calls")
