"""The mutation of one's own profile (meta dossier, 7.3)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from shim.sandbox.engine import gourl, times
from shim.sandbox.engine.errors import FieldError, PanicError, Validation, sql_text
from shim.sandbox.engine.gojson import Number
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta import audit, hooks
from shim.sandbox.services.meta.people import User

_FIELDS = ("email", "url", "location", "bio", "pronouns")
_NAMES = {"email": "Email address", "url": "URL", "location": "Location", "bio": "Bio"}
_LIMITS = {"email": 255, "url": 255, "location": 255, "bio": 4096}
_LONGEST = {**_LIMITS, "bio": 4095}
"""What is taken, in bytes: of `bio`, one less than what is said."""
_SCHEMES = ("http", "https", "gopher", "gemini", "finger")
_MAILABLE = re.compile(r"[^\s@<>(),:;\"\[\]\\]+@[^\s@<>(),:;\"\[\]\\]+")
_DAY = timedelta(days=1)


class ProfileMutations:
    """Changing one's own profile."""

    def update_user(self, call: Call, input_: dict[str, Any] | None = None) -> User:
        """Change what is given; a new address is asked for and not seen. Raises PanicError without input."""
        if input_ is None:
            raise PanicError
        given = {name: input_[name] for name in _FIELDS if name in input_}
        _check(call, given)
        if given:
            _change(call, {name: value and sql_text(value) for name, value in given.items()})
        return call.user  # type: ignore[no-any-return]


def _check(call: Call, given: dict[str, Any]) -> None:
    """Raises ValidationError for what no profile can hold, in the order of the fields; lengths are in bytes."""
    validation = Validation()
    for name, value in given.items():
        if isinstance(value, Number):
            validation.expect(False, f"Expected {name} to be a string", field=name)
        elif value is None:
            removed = name == "email" and call.modern
            validation.expect(not removed, "You cannot remove your email address", field=name)
        elif name in _LIMITS:
            short = len(value.encode()) <= _LONGEST[name]
            validation.expect(short, f"{_NAMES[name]} may not exceed {_LIMITS[name]} characters", field=name)
            _CHECKS.get(name, _anything)(call, validation, value)
    validation.end()


def _anything(_call: Call, _validation: Validation, _value: str) -> None:
    """A text of any kind."""


def _check_email(call: Call, validation: Validation, email: str) -> None:
    taken = call.store.users.first(lambda row: row.email == email and row is not call.user)
    validation.expect("@" in email, "Invalid email address (missing '@')", field="email")
    validation.expect(not taken, "The requested email address is already in use.", field="email")


def _check_url(_call: Call, validation: Validation, url: str) -> None:
    try:
        address = gourl.parse(url)
    except FieldError:
        validation.expect(False, "URL does not pass validation", field="url")
        return
    fit = address.host and address.scheme in _SCHEMES
    validation.expect(fit, "URL must have a host and a permitted scheme", field="url")


_CHECKS = {"email": _check_email, "url": _check_url}


def _change(call: Call, given: dict[str, str | None]) -> None:
    """Write down and tell what is changed. Raises PanicError for an address that no mail can go to, FieldError for the
    second of a day in 2026."""
    user, email = call.user, given.pop("email", None)
    if email and email != user.email:
        if call.modern and user.asked and times.now() - user.asked < _DAY:
            raise FieldError("You cannot change your email more than once per day", field="email")
        audit.note(call, "Email change requested", f"{user.email} => {email}")
        if not _MAILABLE.fullmatch(email):
            raise PanicError
        user.asked = times.now()
    vars(user).update(given, updated=times.now())
    audit.note(call, "Profile updated", "Profile updated")
    hooks.profile_updated(call)
