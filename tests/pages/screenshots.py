"""Pictures of the pages for the documentation: `python -m tests.pages.screenshots [URL PASSWORD]`.

They are of a demo that is started for them, or of the shim at a URL, given its dashboard's password.
"""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.pages.browser import Browser, programs
from tests.pages.palette import reduced

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 80_000
PICTURES = {
    "usage.png": ("/usage", "light", 960, 900),
    "usage-phone-dark.png": ("/usage", "dark", 360, 1000),
    "migrate.png": ("/migrate/git/get-repos-r", "light", 960, 900),
}


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """The origin of a demo, and its dashboard's password."""
    command = [sys.executable, "-u", "-m", "shim", "demo", "--era", "2026"]
    command += ["--port", "0", "--sandbox-port", "0", "--hooks-port", "0"]
    with subprocess.Popen(
        command, cwd=DOCS.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None
        found = (re.match(r"usage +(\S+)/usage .*password ([^)]+)\)", line) for line in run.stdout)
        try:
            yield next(match.groups() for match in found if match)  # type: ignore[misc]
        finally:
            run.terminate()


def take(origin: str) -> None:
    """Take all pictures of the pages at an origin."""
    found = programs()
    if found is None:
        sys.exit("there is no Chromium with its driver")
    browser = Browser(*found)
    try:
        for name, (path, scheme, width, height) in PICTURES.items():
            browser.dress(scheme, width)
            browser.driver.get(origin + path)
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            told = browser.driver.execute_cdp_cmd(
                "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
            )
            _write(DOCS / name, reduced(b64decode(told["data"])))
    finally:
        browser.close()


def _write(file: Path, picture: bytes) -> None:
    if len(picture) > LARGEST:
        sys.exit(f"{file.name} has {len(picture)} bytes, more than {LARGEST}")
    file.write_bytes(picture)
    print(f"{file}: {len(picture)} bytes")


def _knowing(origin: str, password: str) -> str:
    scheme, _, rest = origin.rstrip("/").partition("://")
    return f"{scheme}://anybody:{quote(password, safe='')}@{rest}"


if __name__ == "__main__":
    if sys.argv[1:]:
        take(_knowing(*sys.argv[1:]))
    else:
        with demo() as found:
            take(_knowing(*found))
