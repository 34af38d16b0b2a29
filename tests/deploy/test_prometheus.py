"""The alerts and the dashboard use metrics that exist, and do what they say."""

import json
import re
import subprocess
from dataclasses import replace

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from shim.lifecycle import Lifecycle, window
from shim.metrics import Meter, blueprint
from shim.parsers import networks
from shim.upstream import Kind
from tests import toy
from tests.deploy.kit import DEPLOY, program
from tests.metrics.kit import backend, exchange

RULES = DEPLOY / "prometheus" / "shim.rules.yml"
DASHBOARD = json.loads((DEPLOY / "grafana" / "shim.json").read_text())
ALERTS = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
OF_PROMETHEUS = {"up", "instance", "job"}


def exposed():
    """What `/metrics` shows of a shim to which everything has happened: the labels of samples by name."""
    fate = Lifecycle.of({"deprecated": "2025-10-27", "sunset": "2099-01-01"})
    service = replace(toy.SERVICE, lifecycle=replace(fate, brownouts=(window("2098-01-01T00:00Z/1h"),)))
    meter = Meter({"toy": backend(service)})
    meter.watch(dict, int)
    facts = {"upstream": (("User", 0.1),), "failures": (Kind.FAULT,), "refused": True, "rehearsed": True}
    meter.observe(exchange(**facts))
    meter.arrived("toy", "delivered")
    app = Flask("test")
    app.register_blueprint(blueprint(meter, toy.config(metrics_ipnet=networks("127.0.0.1"))))
    families = list(text_string_to_metric_families(app.test_client().get("/metrics").text))
    samples = [sample for family in families for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def expressions():
    """The dashboard's expressions, with its variables filled in."""
    targets = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    annotations = [annotation["expr"] for annotation in DASHBOARD["annotations"]["list"]]
    return [expr.replace("$__rate_interval", "5m").replace("$service", ".*") for expr in targets + annotations]


def used(expression):
    """The metrics and labels that an expression names."""
    bare = re.sub(r'"[^"]*"', "", expression)
    labels = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", bare) + re.findall(r"\{([^}]*)\}", bare)
    words = {word for text in labels for word in re.findall(r"[a-z_]\w*", text)}
    return set(re.findall(r"\bshim_\w+", bare)), words


@pytest.mark.parametrize("expression", [*(rule["expr"] for rule in ALERTS), *expressions()])
def test_what_is_asked_for_is_there(expression):
    metrics = exposed()
    named, by = used(expression)
    assert named or expression.startswith("up{")
    assert named - metrics.keys() == set()
    assert by - OF_PROMETHEUS - set().union(*map(metrics.get, named)) == set()


def test_every_metric_is_on_the_dashboard_or_in_an_alert():
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in exposed()}
    shown = " ".join([*expressions(), *(rule["expr"] for rule in ALERTS)])
    assert {name for name in families if name not in shown} == set()


def test_every_alert_is_tested_and_tells_what_to_do():
    tests = yaml.safe_load((RULES.parent / "shim.rules.test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in ALERTS}
    for rule in ALERTS:
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["labels"]["severity"] in ("page", "ticket", "info")


def test_the_page_tells_each_metric_with_its_labels():
    rows = re.findall(r"^\| (shim_\w+) \| ([\w, ]*) ?\|", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    told = {name: set(labels.strip().split(", ")) - {""} for name, labels in rows}
    assert told == {re.sub("_(bucket|sum|count)$", "", name): labels - {"le"} for name, labels in exposed().items()}


def test_the_example_scrapes_the_job_that_the_alerts_name():
    example = yaml.safe_load((RULES.parent / "scrape.example.yml").read_text())
    (job,) = example["scrape_configs"]
    assert f'up{{job="{job["job_name"]}"}}' in ALERTS[0]["expr"]


def test_panels_do_not_overlap_and_have_names():
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    taken = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(taken) == len(set(taken))
    assert all(x < 24 for x, _ in taken)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
    assert all(panel["title"] for panel in DASHBOARD["panels"])


def checked(*arguments, folder=RULES.parent):
    """What promtool says of something that it finds right."""
    command = [program("promtool", "prometheus"), *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_promtool_takes_the_rules():
    assert f"SUCCESS: {len(ALERTS)} rules found" in checked("check", "rules", RULES.name)


def test_the_alerts_fire_when_they_should_and_not_else():
    assert "SUCCESS" in checked("test", "rules", "shim.rules.test.yml")


def test_promtool_takes_the_scrape_example(tmp_path):
    text = (RULES.parent / "scrape.example.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus/shim.rules.yml", str(RULES)))
    checked("check", "config", "prometheus.yml", folder=tmp_path)


def test_promtool_takes_the_dashboards_expressions(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(expressions())]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"SUCCESS: {len(rules)} rules found" in checked("check", "rules", "rules.yml", folder=tmp_path)
