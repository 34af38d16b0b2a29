"""The values that settings give: of a service, and of the whole configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shim.lifecycle import UNDECLARED, Exemption, Lifecycle
from shim.parsers import Network


@dataclass(frozen=True)
class ServiceConfig:
    """What is known of one service: `name` is the short one, e.g. `git` for git.sr.ht.

    Services of one `database` share a sum of weights; `options` holds the service's own settings, by name;
    `lifecycle` is what the operator says of all its endpoints, `endpoints` of single ones by their slug.
    """

    name: str
    origin: str
    api_origin: str
    oauth_client_id: str | None
    max_duration: float
    era: str
    upstream_calls: int = 16
    database: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    lifecycle: Lifecycle = UNDECLARED
    endpoints: Mapping[str, Lifecycle] = field(default_factory=dict)

    @property
    def section(self) -> str:
        return f"{self.name}.sr.ht"


@dataclass(frozen=True)
class Value:
    """One line of `shim config`: where a value came from, without the value where it is a secret."""

    section: str
    key: str
    shown: str
    source: str


@dataclass(frozen=True)
class Config:
    """The whole configuration. Durations are in seconds, `usage_retention` in days; `values` says where everything
    came from, `unknown` what in it means nothing. `notice` is no setting: what a demo's dashboard says of itself.
    """

    services: Mapping[str, ServiceConfig]
    network_key: str | None = field(repr=False)
    owner_email: str
    internal_ipnet: tuple[Network, ...]
    trusted_proxies: tuple[Network, ...]
    legacy_tokens: bool
    paging: str
    page_budget: int
    connect_timeout: float
    deadline: float
    version: str
    grace: float = 10.0
    answer_limit: int = 2**25
    upstream_weight: int = 50
    queue: int = 256
    queue_timeout: float = 10.0
    origin: str = ""
    deprecation_headers: bool = True
    usage_identity: str = "name"
    usage_callers: int = 1000
    usage_retention: int = 400
    brownout_exempt: tuple[Exemption, ...] = ()
    outreach_template: str = ""
    metrics_ipnet: tuple[Network, ...] = ()
    webhook_origin: str = ""
    webhook_keys: tuple[str, ...] = field(default=(), repr=False)
    webhook_public_key: str = ""
    webhook_signing_key: tuple[str, ...] = field(default=(), repr=False)
    webhook_networks: tuple[Network, ...] = ()
    webhook_standard_headers: bool = False
    webhook_dual: bool = False
    dashboard_password: str = field(default="", repr=False)
    parity_report: str = ""
    store: str | None = field(default=None, repr=False)
    state: str = ""
    private_key: str | None = field(default=None, repr=False)
    values: tuple[Value, ...] = ()
    unknown: tuple[str, ...] = ()
    notice: str = ""
