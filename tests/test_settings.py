"""The configuration: wrong values name file, key and remedy; the environment wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigError, Settings, load_settings, unknown_variables
from tests.shared_data import ROOT

SERVICE = """
security: {secret_key: "0123456789012345678901234567890123456789"}
wechat: {appid: wx1, token: t}
"""


def write(folder: Path, text: str) -> Path:
    """A configuration file."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_is_complete_and_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key of the shipped config.yaml is known, and every section is in it."""
    monkeypatch.setenv("SHUOSHI_DEMO", "true")
    assert load_settings(ROOT / "config.yaml").demo
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    for section in Settings.model_fields:
        assert f"\n{section}:" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("databse: {url: x}", "config.yaml:3: databse: unknown key"),
        ("server:\n  port: 99999", "config.yaml:4: server.port: "),
        ("reply: {deadline_seconds: 6}", "config.yaml:3: reply.deadline_seconds: "),
        ("wechat:\n  capabilites: []", "wechat.capabilites: unknown key"),
        ("city: {url: 'http://city.example'}", "url must begin with https://"),
        ("city: {url: 'https://city.example'}", "secret must have at least 32 characters"),
        ("log: {level: loud}", "config.yaml:3: log.level: "),
        ("server: [", "not valid YAML"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    """The engineer sees where to look."""
    path = write(tmp_path, SERVICE.rstrip("\n").replace("\n", "", 1) + "\n" + text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert message in str(caught.value)


def test_a_file_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    """A list in place of keys is refused."""
    with pytest.raises(ConfigError, match="must be a mapping"):
        load_settings(write(tmp_path, "- a"))


def test_service_needs_its_secrets(tmp_path: Path) -> None:
    """Outside demo mode nothing starts with an empty token or key; the remedy is told."""
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, "demo: false"))
    for wanted in ("wechat.appid", "wechat.token", "security.secret_key", "SHUOSHI_WECHAT__TOKEN"):
        assert wanted in str(caught.value)


def test_the_demo_never_listens_to_the_world(tmp_path: Path) -> None:
    """A known sign-in stays on this machine."""
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1"):
        load_settings(write(tmp_path, "demo: true\nserver: {host: 0.0.0.0}"))


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any key can be set by SHUOSHI_ and its path."""
    monkeypatch.setenv("SHUOSHI_WECHAT__TOKEN", "from-environment")
    monkeypatch.setenv("SHUOSHI_SERVER__PORT", "9000")
    settings = load_settings(write(tmp_path, SERVICE))
    assert (settings.wechat.token, settings.server.port) == ("from-environment", 9000)


def test_secrets_may_lie_in_files(tmp_path: Path) -> None:
    """A *_file key reads the secret, without the line's end."""
    (tmp_path / "token").write_text("from-file\n", encoding="utf-8")
    text = f"{SERVICE.replace('token: t', f'token_file: {tmp_path}/token')}"
    assert load_settings(write(tmp_path, text)).wechat.token == "from-file"


def test_a_missing_secret_file_is_told(tmp_path: Path) -> None:
    """The file that cannot be read is named."""
    text = SERVICE.replace("token: t", "token_file: /nowhere/token")
    with pytest.raises(ConfigError, match="/nowhere/token"):
        load_settings(write(tmp_path, text))


def test_a_misspelt_variable_is_noticed() -> None:
    """A variable with our prefix that names no section is a slip of the pen."""
    given = {"SHUOSHI_WECHT__TOKEN": "x", "SHUOSHI_LOG__LEVEL": "info", "HOME": "/"}
    assert unknown_variables(given) == ["SHUOSHI_WECHT__TOKEN"]
