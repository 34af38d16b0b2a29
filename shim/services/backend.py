"""What all calls of one service share: its upstream, era, pager and the policy for callers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from shim.lifecycle import UNDECLARED, Lifecycle
from shim.rest.caller import Caller, Policy, bearer
from shim.rest.endpoint import Endpoint
from shim.services.bridge import Bridge, Unconnected
from shim.services.notes import Notes, OwnNotes
from shim.services.service import Service
from shim.services.subscription import Addresses, addresses_of
from shim.settings import Config, ServiceConfig
from shim.upstream import Bounds, Era, Gate, Limits, Pager, Sealed, Upstream, Walk
from shim.upstream.gate.admission import SLOW_SHARE


@dataclass(frozen=True)
class Backend:
    """One service as configured. Requests share it; nothing in it belongs to a caller.

    `addresses` are None where webhooks are not configured; `bridge` delivers them; `notes` remember what GraphQL has no
    place for.
    """

    service: Service
    config: ServiceConfig
    instance: Config
    policy: Policy
    upstream: Upstream
    era: Era
    pager: Pager
    addresses: Addresses | None = None
    bridge: Bridge = field(default_factory=Unconnected)
    notes: Notes = field(default_factory=OwnNotes)

    @classmethod
    def build(
        cls,
        service: Service,
        instance: Config,
        gate: Gate,
        bridge: Bridge | None = None,
        notes: Notes | None = None,
    ) -> Backend:
        """Make a service's backend from the configuration; all its calls pass the gate."""
        config = instance.services[service.name]
        limits, bounds = _limits(instance, config), _bounds(instance, config)
        upstream = Upstream(config.api_origin, limits, gate, bounds, any_text=service.any_text)
        era = Era(None if config.era == "auto" else config.era)
        policy, pager, addresses = _policy(service, instance), _pager(instance), addresses_of(instance)
        given = bridge or Unconnected(), notes or OwnNotes()
        return cls(service, config, instance, policy, upstream, era, pager, addresses, *given)

    def scope_text(self, scope: str | None) -> str:
        """A scope as the old refusals printed it: behind the service's client id (conventions 3.2)."""
        client = self.config.oauth_client_id
        return f"{client}/{scope or 'profile:read'}" if client else scope or "profile:read"

    def deputy(self, endpoint: Endpoint) -> Caller | None:
        """The operator's own credential, with which an endpoint asks for callers who have none that is good."""
        token = self.config.options.get(endpoint.stand_in)
        return bearer(token, self.policy) if token else None

    def lifecycle(self, endpoint: Endpoint) -> Lifecycle:
        """What becomes of an endpoint: the operator's words before the declarations', the more particular first."""
        own = self.config.endpoints.get(endpoint.slug, UNDECLARED).over(self.config.lifecycle)
        return own.over(endpoint.lifecycle).over(self.service.lifecycle).settled()

    @property
    def deadline(self) -> float:
        """How long a call may take in seconds: at least as long as the API may take for one of its own."""
        return max(self.instance.deadline, 2 * self.config.max_duration)


def _limits(instance: Config, config: ServiceConfig) -> Limits:
    return Limits(
        connect=instance.connect_timeout,
        duration=config.max_duration,
        grace=instance.grace,
        queue=instance.queue_timeout,
        answer=instance.answer_limit,
    )


def _bounds(instance: Config, config: ServiceConfig) -> Bounds:
    return Bounds(
        config.name,
        pool=config.database,
        weight=instance.upstream_weight,
        calls=config.upstream_calls,
        waiting=instance.queue,
        slow=config.max_duration * SLOW_SHARE,
    )


def _policy(service: Service, instance: Config) -> Policy:
    return Policy(
        fingerprint_key=(instance.network_key or secrets.token_hex(32)).encode(),
        invalid_token=service.invalid_token,
        legacy_tokens=instance.legacy_tokens,
        internal=instance.internal_ipnet,
        proxies=instance.trusted_proxies,
        network_key=instance.network_key,
    )


def _pager(instance: Config) -> Pager:
    if instance.network_key and instance.paging != "walk":
        return Sealed(instance.network_key)
    return Walk(instance.page_budget)
