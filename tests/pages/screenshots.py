"""Pictures of the pages for the documentation: `python -m tests.pages.screenshots [URL PASSWORD]`.

Without a URL they show a month of made-up calls; with the URL of a shim and its dashboard's password, what it has.
"""

from __future__ import annotations

import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from shim.pages import build
from shim.store import migrations, open_store
from tests.pages import kit
from tests.pages.browser import Browser, programs, served
from tests.pages.palette import reduced

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 80_000
PICTURES = {
    "usage.png": ("/usage", "light", 960, 900),
    "usage-phone-dark.png": ("/usage", "dark", 360, 1000),
    "migrate.png": ("/migrate/git/get-repos-r", "light", 960, 900),
}


@contextmanager
def made_up() -> Iterator[str]:
    """The origin of pages over a month of made-up calls, with the password in it."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.sqlite3")
        migrations.migrate(store)
        kit.fill(store)
        with served(build(kit.site(store, kit.ENDS)).wsgi_app) as origin:
            yield _knowing(origin, kit.PASSWORD)
        store.close()


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
        with made_up() as origin:
            take(origin)
