"""A request as a curl command line."""

from __future__ import annotations

from shlex import quote

from shim.compare.cassettes.exchange import Request


def command(request: Request, url: str) -> str:
    """The line that sends `request` to `url`, for a POSIX shell; a body that is no text comes from printf."""
    words = ["curl", "-sS", "-i", *_method(request.method)]
    for name, value in request.headers:
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    pipe = ""
    if request.body is not None:
        text = _printable(request.body)
        pipe = "" if text is not None else f"printf '{_octal(request.body)}' | "
        words += ["--data-binary", "@-" if text is None else text]
        if request.header("Content-Type") is None:
            words += ["-H", "Content-Type:"]
    return pipe + " ".join(map(quote, [*words, "--globoff", "--path-as-is", url]))


def _method(method: str) -> list[str]:
    return ["--head"] if method == "HEAD" else ["-X", method]


def _printable(body: bytes) -> str | None:
    """The body as a word of a command line, None where it cannot be one (`@` would name a file)."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or text.startswith("@") else text


def _octal(body: bytes) -> str:
    return "".join(f"\\{byte:03o}" for byte in body)
