"""Every setting is one row that says where it is read, how, and what an example looks like.

So `shim config` can print the outcome, and an error can say what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shim import lifecycle
from shim.parsers import (
    choice,
    network_key,
    network_keys,
    networks,
    number,
    origin,
    seconds,
    signing_key,
    signing_keys,
    size,
    store,
    switch,
    text,
)

ERAS = ("2024", "2026")
PAGING = ("auto", "sealed", "walk")
IDENTITIES = ("name", "hash", "none")


@dataclass(frozen=True)
class Setting:
    """One setting: the places it is read from (first wins), how, and its default and an example."""

    name: str
    places: tuple[tuple[str, str], ...]
    parse: Callable[[str], Any]
    default: Any = None
    example: str = ""
    secret: bool | Callable[[str], bool] = False

    def hides(self, value: str) -> bool:
        """Whether a value, as it is written, must not be shown."""
        return self.secret(value) if callable(self.secret) else self.secret

    def variable(self, service: str = "") -> str:
        """The environment variable that overrides the setting, e.g. SHIM_GIT_API_ORIGIN."""
        return "_".join(filter(None, ("SHIM", service.upper(), self.name.upper())))

    def variables(self, service: str = "") -> tuple[str, ...]:
        """The variables that override it, the most particular first: one of [shim] may be set for all services."""
        everywhere = any(section == "shim" for section, _ in self.places)
        return (self.variable(service), *((self.variable(),) if service and everywhere else ()))


def _shim(name: str, parse: Callable[[str], Any], default: Any, example: str) -> Setting:
    return Setting(name, (("shim", name.replace("_", "-")),), parse, default, example)


INSTANCE = (
    Setting(
        "network_key",
        (("sr.ht", "network-key"),),
        network_key,
        example="(URL-safe base64 of 32 bytes)",
        secret=True,
    ),
    Setting(
        "private_key",
        (("webhooks", "private-key"),),
        signing_key,
        example="(base64 of 32 bytes)",
        secret=True,
    ),
    Setting("owner_email", (("sr.ht", "owner-email"),), text, "", "admin@example.org"),
    _shim("internal_ipnet", networks, (), "127.0.0.0/8, 10.0.0.0/8"),
    _shim("trusted_proxies", networks, (), "127.0.0.1, ::1"),
    _shim("legacy_tokens", switch, False, "yes"),
    _shim("paging", choice(*PAGING), "auto", "walk"),
    _shim("page_budget", number, 40, "40"),
    _shim("connect_timeout", seconds, 2.0, "2s"),
    _shim("deadline", seconds, 30.0, "30s"),
    _shim("grace", seconds, 10.0, "10s"),
    _shim("answer_limit", size, 2**25, "32M"),
    _shim("upstream_weight", number, 50, "50"),
    _shim("queue", number, 256, "256"),
    _shim("queue_timeout", seconds, 10.0, "10s"),
    _shim("version", text, "unknown", "0.85.4"),
    _shim("origin", origin, "", "https://shim.example.org"),
    _shim("deprecation_headers", switch, True, "no"),
    _shim("usage_identity", choice(*IDENTITIES), "name", "hash"),
    _shim("usage_callers", number, 1000, "1000"),
    _shim("usage_retention", number, 400, "400"),
    _shim("state", text, "", "/var/lib/shim"),
    _shim("brownout_exempt", lifecycle.exemptions, (), "alice until 2027-01-31"),
    _shim("outreach_template", text, "", "/etc/sr.ht/outreach.txt"),
    _shim("metrics_ipnet", networks, networks("127.0.0.0/8, ::1/128"), "10.0.0.5"),
    _shim("webhook_origin", origin, "", "http://10.0.0.7:8080"),
    Setting(
        "webhook_keys",
        (("shim", "webhook-keys"),),
        network_keys,
        (),
        "(URL-safe base64 of 32 bytes; newest first, older ones after commas)",
        secret=True,
    ),
    _shim("webhook_public_key", signing_key, "", "(base64 of 32 bytes)"),
    Setting(
        "webhook_signing_key",
        (("shim", "webhook-signing-key"),),
        signing_keys,
        (),
        "(base64 of 32 bytes, or instance; the one that signs first, others after commas)",
        secret=True,
    ),
    _shim("webhook_networks", networks, (), "10.0.0.0/8"),
    _shim("webhook_standard_headers", switch, False, "yes"),
    _shim("webhook_dual", switch, False, "yes"),
    Setting("dashboard_password", (("shim", "dashboard-password"),), text, "", secret=True),
    _shim("parity_report", text, "", "/var/lib/shim/parity.json"),
    Setting(
        "store",
        (("shim", "store"),),
        store,
        "sqlite:////var/lib/shim/shim.sqlite3",
        "sqlite:////var/lib/shim/shim.sqlite3 (or postgresql://shim:PASSWORD@db.example.org/shim, or none)",
        secret=lambda url: url.startswith("postgres"),
    ),
)

SERVICE = (
    Setting("origin", (("{}", "origin"),), origin, example="https://git.example.org"),
    Setting(
        "api_origin",
        (("{}", "api-internal-origin"), ("{}", "api-origin"), ("{}", "internal-origin"), ("{}", "origin")),
        origin,
        example="http://127.0.0.1:5101",
    ),
    Setting("oauth_client_id", (("{}", "oauth-client-id"),), text, example="0123456789abcdef"),
    Setting("max_duration", (("{}::api", "max-duration"),), seconds, 3.0, "3s"),
    Setting("upstream_calls", (("{}::shim", "upstream-calls"), ("shim", "upstream-calls")), number, 16, "16"),
    Setting("database", (("{}::shim", "database"), ("shim", "database")), text, "", "main"),
    Setting("era", (("{}::shim", "era"), ("shim", "era")), choice("auto", *ERAS), "auto", "2026"),
)


def _fate(name: str, parse: Callable[[str], Any], example: str) -> Setting:
    return Setting(name, (("{}::shim", name), ("shim", name)), parse, None, example)


LIFECYCLE = (
    _fate("deprecated", lifecycle.moment, "2025-10-27"),
    _fate("sunset", lifecycle.moment, "2027-06-30"),
    _fate("removal", lifecycle.moment, "2027-12-31"),
    _fate("successor", text, "Repositories"),
    _fate("note", text, "See https://man.sr.ht/graphql.md"),
    _fate("owner", text, "~admin"),
    _fate("brownouts", lifecycle.windows, "2027-01-10T12:00Z/12h, 2027-02-10T12:00Z/1d"),
    _fate("rehearsal", switch, "yes"),
)
"""What operators say of an endpoint in `[git.sr.ht::get-repos-r-refs]`, of a service in `[git.sr.ht::shim]`, and of all
in `[shim]`."""
