"""Every page in a real browser: light and dark, on a desk and on a phone, without scripts."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from shim.pages import build
from tests.absent import lacking
from tests.pages import browser as browsing
from tests.pages import kit

AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
EVIL = quote(kit.BAD, safe="")
PAGES = {
    "overview": "/usage",
    "endpoints": "/usage/endpoints",
    "endpoint": "/usage/endpoints/git/get-repos-r-refs",
    "called by odd names": "/usage/endpoints/git/get-repos-r-log",
    "callers": "/usage/callers",
    "caller": "/usage/callers/alice",
    "odd caller": f"/usage/callers/{EVIL}",
    "caller that is idle": "/usage/callers/nobody",
    "calendar": "/usage/calendar",
    "parity": "/usage/parity",
    "guides": "/migrate/",
    "guide to a list": "/migrate/git/get-repos-r-refs",
    "guide to a change": "/migrate/todo/post-trackers-t-tickets",
}
FAILURES = {
    "bad period": ("/usage?since=x", 400),
    "no such page": ("/usage/nothing", 404),
    "no such endpoint": ("/migrate/git/get-repo", 404),
}
DRESSES = [("light", browsing.DESK), ("dark", browsing.DESK), ("light", browsing.PHONE), ("dark", browsing.PHONE)]


@pytest.fixture(scope="module")
def browser():
    """One browser for all."""
    programs = browsing.programs()
    if programs is None:
        lacking("there is no Chromium with its driver (Debian: apt-get install chromium chromium-driver)")
    found = browsing.Browser(*programs)
    yield found
    found.close()


@pytest.fixture(scope="module")
def origin(browser, filled, tmp_path_factory):
    """Where the pages are; the browser knows the password, as after somebody typed it."""
    report = tmp_path_factory.mktemp("parity") / "report.json"
    figures = {"exchanges": 3639, "exact": 3000, "declared": 600, "different": 39}
    told = {"era": "2026", "passed": False, "totals": figures, "services": {"git": {**figures, "exact_percent": 82.4}}}
    report.write_text(json.dumps({**told, "rules": {f"a-rule-with-a-long-name/{i}": i for i in range(30)}}))
    app = build(kit.site(filled, f"{kit.ODD}{kit.ENDS}\nparity-report = {report}\n"))
    with browsing.served(app.wsgi_app) as address:
        browser.driver.get(address.replace("//", f"//anybody:{quote(kit.PASSWORD)}@") + "/usage")
        yield address


def open_page(browser, url):
    """Show a page and forget what the console was told before."""
    browser.driver.get(url)
    browser.told()
    browser.driver.get(url)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_sound_in_every_dress(browser, origin, path):
    browser.dress(*DRESSES[0])
    open_page(browser, origin + path)
    for dress in DRESSES:
        browser.dress(*dress)
        assert browser.run("return innerWidth") == dress[1]
        assert browser.run(AUDIT) == [], dress
    assert browser.told() == []


@pytest.mark.parametrize(("path", "status"), FAILURES.values(), ids=FAILURES)
def test_a_page_that_tells_of_a_failure_is_sound(browser, origin, path, status):
    open_page(browser, origin + path)
    for dress in DRESSES:
        browser.dress(*dress)
        assert browser.run(AUDIT) == [], dress
    assert all(f"status of {status}" in line for line in browser.told())


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "document.querySelector('td').className = 'used'; document.querySelector('td').bgColor = '#888'",
            "contrast of",
        ),
        (
            "document.querySelector('h1').append('x'.repeat(500)); document.querySelector('h1').className = 'light'",
            "wide",
        ),
        ("document.querySelector('h1').append(document.querySelector('h1').cloneNode())", "2 of h1"),
        ("document.querySelector('th').removeAttribute('scope')", "a header of nothing"),
        ("document.querySelector('tbody tr').deleteCell(-1)", "a row that does not fit"),
        ("document.querySelector('svg').removeAttribute('aria-labelledby')", "a picture without words"),
        ("document.querySelector('.wide-table').tabIndex = -1", "not by keyboard"),
        ("document.querySelector('.skip').remove()", "no link that skips"),
        ("document.querySelector('nav').removeAttribute('aria-label')", "a landmark without a name"),
        ("document.querySelector('h2').replaceWith(document.createElement('h4'))", "a heading behind one of level 1"),
        ("document.querySelector('.light').textContent = ''", "a colour without words"),
        ("document.querySelector('main').append(document.createElement('script'))", "there are scripts"),
    ],
)
def test_the_audit_finds_what_is_wrong(browser, origin, fault, found):
    browser.dress("light", browsing.PHONE)
    browser.driver.get(f"{origin}/usage")
    browser.run(fault)
    assert [problem for problem in browser.run(AUDIT) if found in problem]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_is_the_readers(browser, origin, scheme):
    browser.dress(scheme, browsing.DESK)
    browser.driver.get(f"{origin}/usage")
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is (scheme == "light")


@pytest.mark.parametrize("path", ["/usage", "/usage/callers/alice", "/migrate/git/get-repos-r-refs"])
def test_a_page_looks_the_same_without_scripts(browser, origin, path):
    pictures = []
    for script in (True, False):
        browser.dress("light", browsing.DESK, script)
        browser.driver.get(origin + path)
        pictures.append(browser.driver.execute_cdp_cmd("Page.captureScreenshot", {})["data"])
    browser.dress("light", browsing.DESK)
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) > 10_000


def test_a_wide_screen_has_a_wide_chart_and_a_narrow_one_a_narrow(browser, origin):
    browser.driver.get(f"{origin}/usage")
    script = (
        "return [...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).map(s => s.classList[1])"
    )
    for width, kind in ((browsing.DESK, "wide"), (browsing.PHONE, "narrow")):
        browser.dress("light", width)
        assert browser.run(script) == [kind]


@pytest.mark.parametrize("path", ["/usage/callers", f"/usage/callers/{EVIL}", "/usage/endpoints/git/get-repos-r-log"])
def test_a_name_with_a_script_is_a_text(browser, origin, path):
    open_page(browser, origin + path)
    assert kit.BAD in browser.run("return document.body.innerText")
    assert browser.run("return document.scripts.length") == 0
    assert browser.told() == []


def test_a_script_that_got_in_all_the_same_would_not_run(browser, origin):
    browser.driver.get(f"{origin}/usage")
    script = """
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken'";
        document.body.append(script);
        const picture = document.createElement("img");
        picture.src = "https://example.org/x.png";
        document.body.append(picture);
        document.body.insertAdjacentHTML("beforeend", "<p style='color: red' onclick='document.title = 1'>x</p>");
        document.body.lastElementChild.click();
        return [document.title, getComputedStyle(document.body.lastElementChild).color];
    """
    title, color = browser.run(script)
    assert title == "Who still uses what · usage"
    assert color == browser.run("return getComputedStyle(document.body).color")
    assert any("Content Security Policy" in line for line in browser.told())


def test_links_lead_from_page_to_page(browser, origin):
    browser.dress("light", browsing.DESK)
    browser.driver.get(f"{origin}/usage")
    for words, title in (
        ("Callers", "Callers"),
        ("~ci.bot", "~ci.bot"),
        ("GET /api/repos/<r>/refs", "GET /api/repos/<r>/refs of git.sr.ht"),
        ("What to write instead", "GET /api/repos/<r>/refs of git.sr.ht"),
        ("2024", "GET /api/repos/<r>/refs of git.sr.ht"),
        ("All endpoints", "Leaving the legacy API"),
    ):
        browser.driver.find_element("link text", words).click()
        assert browser.driver.find_element("tag name", "h1").text == title
