"""What starts the shim and what stands in front of it: each file can be read, and gives calls the time they need."""

import configparser
import re
import subprocess

import pytest
import yaml
from click.testing import CliRunner

from shim.cli import main
from shim.config import parse
from shim.front.own import is_own
from shim.server.master import longest_call
from shim.settings import SERVICE, Setting
from tests.deploy.kit import DEPLOY, program

UNIT = DEPLOY / "systemd" / "shim.service"
NGINX = DEPLOY / "nginx" / "shim.conf"
OPENRC = DEPLOY / "openrc" / "shim"
KUBERNETES = {d["kind"]: d for d in yaml.safe_load_all((DEPLOY / "kubernetes" / "shim.yml").read_text())}
POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
LONGEST = longest_call(parse("[git.sr.ht]\norigin=http://git.example.org\n", "the defaults"))


def unit():
    """The unit's settings; of one that stands there twice, the last."""
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read_string(UNIT.read_text())
    return read


def test_nobody_cuts_a_call_that_may_still_last():
    grace = POD["terminationGracePeriodSeconds"] - 5
    retry = int(re.search(r'^retry="TERM/(\d+)/', OPENRC.read_text(), re.MULTILINE)[1])
    nginx = int(re.search(r"proxy_read_timeout (\d+)s;", NGINX.read_text())[1])
    stop = int(unit()["Service"]["TimeoutStopSec"])
    assert min(stop, retry, grace) >= LONGEST + 15
    assert nginx > LONGEST


def test_the_unit_is_told_to_stop_gently_and_may_do_little():
    service = unit()["Service"]
    wanted = {
        "KillSignal": "SIGTERM",
        "KillMode": "mixed",
        "StateDirectory": "shim",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
    }
    assert {key: service.get(key) for key in wanted} == wanted


def test_systemd_takes_the_unit(tmp_path):
    result = subprocess.run(
        [program("systemd-analyze", "systemd"), "verify", "--man=no", str(UNIT)], capture_output=True, text=True
    )
    assert (result.returncode, [line for line in result.stderr.splitlines() if "shim.service" in line]) == (0, [])


@pytest.mark.parametrize(
    "command",
    [
        unit()["Service"]["ExecStart"].removeprefix("/usr/bin/env "),
        "shim serve --bind b --workers w --threads t",
        " ".join(POD["containers"][0]["command"]),
    ],
)
def test_the_commands_options_exist(command):
    known = CliRunner().invoke(main, ["serve", "--help"]).output
    words = command.split()
    assert words[:2] == ["shim", "serve"]
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_openrc_starts_the_same_command():
    text = OPENRC.read_text()
    subprocess.run(["/bin/sh", "-n", str(OPENRC)], check=True)
    assert text.startswith("#!/sbin/openrc-run\n")
    assert OPENRC.stat().st_mode & 0o111
    assert 'command_args="serve --bind $SHIM_BIND --workers $SHIM_WORKERS --threads $SHIM_THREADS"' in text


def test_openrcs_variables_are_no_settings_of_the_shim():
    """They are not exported, but in an environment they would be: none may mean something else there."""
    names = set(re.findall(r'^: "\$\{(\w+):=', OPENRC.read_text(), re.MULTILINE)) - {"SHIM_CONFIG"}
    assert names == {"SHIM_BIND", "SHIM_WORKERS", "SHIM_THREADS"}
    assert not {Setting.variable(setting) for setting in SERVICE} & names


def test_nginx_writes_no_url_of_a_subscription_down():
    (place,) = re.findall(r"location /webhooks \{(.*?)\}", NGINX.read_text(), re.S)
    assert "access_log off;" in place
    assert "error_log /dev/null crit;" in place


def test_nginx_passes_what_callers_need_and_no_metrics():
    text = NGINX.read_text()
    prefixes = re.findall(r"location (/\S+) \{", text)
    exact = re.findall(r"location = (/\S+) \{", text)
    assert (sorted(prefixes), exact) == (["/api", "/migrate", "/usage", "/webhooks"], ["/sunset.ics"])
    own = ("/usage", "/usage.csv", "/migrate/git", "/sunset.ics", "/api/shim/usage", "/webhooks/git/x")
    assert all(is_own(path) for path in own)
    assert not any("/metrics".startswith(prefix) for prefix in prefixes)


def test_the_guide_and_the_file_say_the_same_of_nginx():
    guide = (DEPLOY.parent / "docs" / "operating.md").read_text().partition("## Behind a web server")[2]
    shown = re.findall(r"^ {8}(\w+ [^;]*);", guide.partition("\n## ")[0], re.MULTILINE)
    own = {" ".join(line.split()) for line in re.findall(r"^ +(\w+ [^;]*);", NGINX.read_text(), re.MULTILINE)}
    assert shown
    assert [line for line in shown if line not in own and not line.startswith("proxy_pass")] == []


def test_nginx_takes_the_file(tmp_path):
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    served = NGINX.read_text().replace("listen 80;", f"listen unix:{tmp_path}/socket;")
    (tmp_path / "shim.conf").write_text(served)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {folders} include shim.conf; }}"
    )
    command = [program("nginx", "nginx"), "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", "nginx.conf"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_pods_configuration_can_be_used():
    config = parse(KUBERNETES["ConfigMap"]["data"]["config.ini"], "the config map")
    assert config.unknown == ()
    assert not any(proxy.overlaps(monitor) for proxy in config.trusted_proxies for monitor in config.metrics_ipnet)
    (name,) = config.services
    container = POD["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == f"/{name}/api/version"


def test_the_pod_may_do_little_and_keeps_its_store():
    container = POD["containers"][0]
    assert POD["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in POD["volumes"]}
    assert set(mounts.values()) == set(volumes)
    assert volumes[mounts["/var/lib/shim"]]["persistentVolumeClaim"]["claimName"] == "shim"
    assert KUBERNETES["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}


def test_what_the_pod_names_is_there():
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    ports = {port["name"] for port in POD["containers"][0]["ports"]}
    assert KUBERNETES["Service"]["spec"]["selector"] == labels
    assert KUBERNETES["PodMonitor"]["spec"]["selector"]["matchLabels"] == labels
    assert {endpoint["port"] for endpoint in KUBERNETES["PodMonitor"]["spec"]["podMetricsEndpoints"]} <= ports
    assert {port["targetPort"] for port in KUBERNETES["Service"]["spec"]["ports"]} <= ports


def test_the_page_names_every_file():
    text = (DEPLOY / "README.md").read_text()
    files = {str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*") if path.is_file()} - {"README.md"}
    assert files == set(re.findall(r"`(\w+/[\w.]+)`", text))
