"""The mails of made-up lists: which answer another, and which of them the server can't read (lists 4.4).

A mail is known by its number alone. Each of them is a patch, so that a page has as many patchsets as it has rows.
"""

from __future__ import annotations

MAILS = 120
LONG = 80
"""The mail that all after it answer."""
UNREADABLE = 13
"""It has no headers, and the thread that it begins kills whoever asks for it. Lists with an even number lack it."""


def parent_of(number: int) -> int | None:
    """The mail that a mail answers, None where there is none any more; beyond MAILS every other one answers another."""
    if number > MAILS:
        return number - 1 if number % 2 else None
    if number > LONG:
        return LONG
    return number - 1 if number % 4 == 2 else None


def root_of(number: int) -> int:
    """The mail that a thread begins with; no way up has more than one step."""
    return parent_of(number) or number


def answers_to(number: int) -> list[int]:
    """The mails that answer a mail, the newest first."""
    return [other for other in range(MAILS, 0, -1) if parent_of(other) == number]


def header_of(number: int, want: str) -> list[str]:
    """A header; every fifth mail answers one that is gone, if none that is there."""
    if number == UNREADABLE:
        return []
    answers = parent_of(number) or (0 if number % 5 == 0 else None)
    texts = {"Message-ID": name_of(number), "From": "J <j@example.org>", "Date": "Fri, 02 Jan 2026 03:04:05 +0000"}
    texts["In-Reply-To"] = "" if answers is None else name_of(answers)
    return [texts[want]] if texts.get(want) else []


def name_of(number: int) -> str:
    """The Message-ID."""
    return f"<messageID of {number}>"


def mail(number: int) -> bytes:
    """A mail as it was stored."""
    head = f"Message-ID: {name_of(number)}\r\nSubject: [PATCH] subject of {number}\r\nFrom: J <j@example.org>\r\n"
    return f"{head}\r\n{'x' * 200}\r\n".encode()


def is_unreadable_in(name: str) -> bool:
    """Whether a list of a name like `l13` has the mail that can't be read."""
    return name[1:].isdecimal() and int(name[1:]) % 2 == 1


ARCHIVE = b"".join(
    b"From j@example.org Fri Jan  2 03:04:05 2026\n" + mail(n).replace(b"\r\n", b"\n") + b"\n\n" for n in range(MAILS)
)
"""All of them as an archive has them."""
