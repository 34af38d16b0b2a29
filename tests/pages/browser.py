"""A headless Chromium, and the pages served to it on loopback."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from werkzeug.serving import WSGIRequestHandler, make_server

PHONE, DESK = 360, 1280
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-proxy-server",
    "--force-device-scale-factor=1",
)


def programs() -> tuple[Path, Path] | None:
    """Chromium and its driver, None unless both are installed."""
    browsers = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    browser, driver = next(browsers, None), shutil.which("chromedriver")
    return (Path(browser), Path(driver)) if browser and driver else None


class Browser:
    """A Chromium that shows one page at a time. As root it can't have its sandbox; all it sees are the tests' pages."""

    def __init__(self, browser: Path, driver: Path) -> None:
        options = Options()
        options.binary_location = str(browser)
        for flag in _FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, Service(str(driver)))
        self.driver.set_page_load_timeout(30)

    def dress(self, scheme: str, width: int, script: bool = True) -> None:
        """Prefer a colour scheme, be a screen so many pixels wide, run scripts or not."""
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})

    def run(self, script: str, *values: Any) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *values)

    def told(self) -> list[str]:
        """What the console was told since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def close(self) -> None:
        """End it."""
        self.driver.quit()


class _Silent(WSGIRequestHandler):
    def log(self, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An app on a port of loopback; its origin."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
