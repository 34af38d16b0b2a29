"""Clients and grants of OAuth 2.0, as far as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class OAuthClient:
    """A client that acts for others."""

    id: int
    owner: Any
    uuid: str
    name: str
    description: str | None
    url: str | None
    redirect_url: str


@dataclass(frozen=True)
class OAuthGrant:
    """What a token was given; without a client it is a personal token."""

    id: int
    user: Any
    client: OAuthClient | None
    issued: datetime
    expires: datetime
    comment: str | None
    token_hash: str
    grants: str
