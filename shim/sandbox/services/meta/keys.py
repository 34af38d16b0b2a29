"""Keys as meta.sr.ht keeps and shows them (meta dossier, 1, 3.3 and 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from shim.keys import openpgp, ssh
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta import rid


@dataclass
class SSHKey:
    """An SSH key. `text` is what was handed in, `md5` the column, null for keys that the server of 2026 has taken.

    What is `fresh` was just made: the answer shows the text in 2026 too, and no comment where there is none.
    """

    typename: ClassVar[str] = "SSHKey"
    id: int
    user: Any
    created: datetime
    last_used: datetime | None
    text: str
    md5: str | None
    stored_comment: str
    uuid: UUID
    fresh: bool = False

    @cached_property
    def public(self) -> ssh.PublicKey:
        """The key in the text. Raises ssh.NoKeyError."""
        return ssh.read(self.text)

    @property
    def rid(self) -> str:
        """The resource id."""
        return rid.shown(self.uuid)

    def key(self, call: Call) -> str:
        """The text; in 2026 the blob alone, once it is no longer fresh."""
        return self.public.text if call.modern and not self.fresh else self.text

    @property
    def fingerprint(self) -> str:
        """The fingerprint of 2024."""
        return self.public.md5

    @property
    def key_type(self) -> str:
        """The algorithm, which the answer to the one who made it lacks."""
        return "" if self.fresh else self.public.algorithm

    @property
    def fingerprint_sha256(self) -> str:
        """The fingerprint of 2026, likewise."""
        return "" if self.fresh else self.public.sha256

    @property
    def comment(self) -> str | None:
        """The comment."""
        return (self.stored_comment or None) if self.fresh else self.stored_comment


@dataclass
class PGPKey:
    """An OpenPGP key. `shown_fingerprint` is that of the encryption key, where it was just made."""

    typename: ClassVar[str] = "PGPKey"
    id: int
    user: Any
    created: datetime
    key: str
    shown_fingerprint: str | None = None

    @cached_property
    def certificate(self) -> openpgp.Certificate:
        """What the text holds. Raises openpgp.OpenPGPError."""
        return openpgp.read(self.key)[0]

    @property
    def fingerprint(self) -> str:
        """The fingerprint, upper-case hex."""
        return self.shown_fingerprint or self.certificate.fingerprint
