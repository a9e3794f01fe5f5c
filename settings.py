"""The configuration: one commented file, any key overridden by the environment.

`config.yaml` gives the values, `SHUOSHI_` plus the path with `__` between overrides them, and
`*_file` keys read a secret from a file. Unknown keys are errors; every error names the file,
the key and the remedy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

DEMO_SECRET = "demo-mode-secret-key-not-for-service"  # noqa: S105 - opens nothing but the demo
DEMO_AES_KEY = "shuoshitaiDemoModeAesKeyNotForRealService01"
Capability = Literal["customer_service", "template", "subscribe"]
SHORTEST_SECRET = 32
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConfigError(Exception):
    """The configuration cannot be used; the message names file, key and remedy."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DatabaseSettings(_Section):
    url: str = "sqlite:///var/shuoshi.db"
    threads: Annotated[int, Field(ge=1, le=64)] = 8


class ServerSettings(_Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str = ""


class TemplateSettings(_Section):
    """A template message of this account: `fields` maps our field names to the template's keys,
    e.g. `number: character_string1`.
    """

    id: str
    fields: dict[str, str] = Field(default_factory=dict)


class AccountSettings(_Section):
    """What one official account is; `community` is the code of the community it serves."""

    community: str = "demo"
    original_id: str = ""
    appid: str = ""
    secret: str = ""
    secret_file: Path | None = None
    token: str = ""
    token_file: Path | None = None
    aes_key: str = ""
    aes_key_file: Path | None = None
    previous_aes_key: str = ""
    api_base: str = "https://api.weixin.qq.com"
    capabilities: list[Capability] = Field(
        default_factory=lambda: list[Capability](("customer_service", "template"))
    )
    templates: dict[str, TemplateSettings] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _read_files(self) -> Self:
        for key in ("secret", "token", "aes_key"):
            path: Path | None = getattr(self, f"{key}_file")
            if path is not None:
                setattr(self, key, path.read_text(encoding="utf-8").strip())
        return self


class WeChatSettings(AccountSettings):
    accounts: dict[str, AccountSettings] = Field(default_factory=dict)
    menu: list[dict[str, Any]] = Field(default_factory=list)


class SecuritySettings(_Section):
    secret_key: str = ""
    secret_key_file: Path | None = None
    idle_minutes: Annotated[int, Field(ge=1)] = 30
    session_hours: Annotated[int, Field(ge=1)] = 12
    lockout_failures: Annotated[int, Field(ge=3)] = 5
    lockout_minutes: Annotated[int, Field(ge=1)] = 15

    @model_validator(mode="after")
    def _read_file(self) -> Self:
        if self.secret_key_file is not None:
            self.secret_key = self.secret_key_file.read_text(encoding="utf-8").strip()
        return self


class ReplySettings(_Section):
    deadline_seconds: Annotated[float, Field(gt=0, lt=5)] = 4.0
    approval: Literal["always", "never"] = "always"


class HoursSettings(_Section):
    """Working hours, and the hours in which nothing is pushed to a resident."""

    open: str = "09:00"
    close: str = "18:00"
    quiet_from: str = "21:30"
    quiet_to: str = "07:30"


class CitySettings(_Section):
    """The system of the city that wants to know of public cases; none where `url` is empty."""

    url: str = ""
    secret: str = ""
    secret_file: Path | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.secret_file is not None:
            self.secret = self.secret_file.read_text(encoding="utf-8").strip()
        if self.url and not self.url.startswith(("https://", "http://127.0.0.1", "http://[::1]")):
            raise ValueError("url must begin with https:// (http only to this machine)")
        if self.url and len(self.secret) < SHORTEST_SECRET:
            raise ValueError(f"secret must have at least {SHORTEST_SECRET} characters")
        return self


class LogSettings(_Section):
    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class PathSettings(_Section):
    media: Path = Path("var/media")
    model: Path = Path("var/model")


class _FromFile(BaseSettings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose values come in as `init_settings`."""
        return env_settings, init_settings


class Settings(_FromFile):
    """All of `config.yaml`."""

    model_config = SettingsConfigDict(
        env_prefix="SHUOSHI_", env_nested_delimiter="__", extra="forbid"
    )

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    wechat: WeChatSettings = Field(default_factory=WeChatSettings)
    demo: bool = False
    security: SecuritySettings = Field(default_factory=SecuritySettings)
    reply: ReplySettings = Field(default_factory=ReplySettings)
    hours: HoursSettings = Field(default_factory=HoursSettings)
    paths: PathSettings = Field(default_factory=PathSettings)
    city: CitySettings = Field(default_factory=CitySettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.demo:
            self._fill_demo()
        missing = [
            (f"wechat.{key}", remedy)
            for key, remedy in (
                ("appid", "公众号的 AppID"),
                ("token", "服务器配置里的 Token"),
            )
            if not getattr(self.wechat, key)
        ]
        if not self.security.secret_key:
            missing.append(("security.secret_key", "至少 32 个随机字符"))
        if missing:
            wanted = "; ".join(f"{key} ({remedy})" for key, remedy in missing)
            raise ValueError(
                f"missing outside demo mode: {wanted}. Set them by environment "
                "(SHUOSHI_ + the path with __, e.g. SHUOSHI_WECHAT__TOKEN) or by *_file keys"
            )
        return self

    def _fill_demo(self) -> None:
        if self.server.host not in LOOPBACK:
            raise ValueError(
                f"demo: true serves a known sign-in, so server.host must be 127.0.0.1, "
                f"not {self.server.host}; set demo: false for service"
            )
        chat = self.wechat
        chat.appid = chat.appid or "wxdemo0000000000"
        chat.secret = chat.secret or "demo-app-secret"
        chat.token = chat.token or "demo-token"
        chat.aes_key = chat.aes_key or DEMO_AES_KEY
        self.security.secret_key = self.security.secret_key or DEMO_SECRET


def load_settings(path: Path, **overrides: Any) -> Settings:
    """Reads and checks the configuration.

    A file that does not exist gives the defaults. Raises ConfigError with one line per fault:
    file, line where known, key, what is wrong.
    """
    values, lines = _read_yaml(path)
    try:
        return Settings(**(values | overrides))
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(path, lines, error))) from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.filename}: {error.strerror}") from error


class _Places(_FromFile):
    model_config = SettingsConfigDict(
        env_prefix="SHUOSHI_", env_nested_delimiter="__", extra="ignore"
    )

    paths: PathSettings = Field(default_factory=PathSettings)


def load_paths(path: Path) -> PathSettings:
    """The paths alone, for what needs neither account nor key: the rest may be missing.

    Raises ConfigError as `load_settings` does.
    """
    values, lines = _read_yaml(path)
    try:
        return _Places(**{key: values[key] for key in ("paths",) if key in values}).paths
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(path, lines, error))) from error


def unknown_variables(environ: dict[str, str]) -> list[str]:
    """Variables with our prefix that name no key: most likely a slip of the pen."""
    known = {f"SHUOSHI_{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name
        for name in environ
        if name.startswith("SHUOSHI_") and name.split("__")[0].upper() not in known
    )


def _read_yaml(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    if not path.exists():
        return {}, {}
    text = path.read_text(encoding="utf-8")
    try:
        values = yaml.safe_load(text) or {}
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: must be a mapping of keys to values")
    lines: dict[str, int] = {}
    _note_lines(node, "", lines)
    return values, lines


def _note_lines(node: yaml.Node | None, prefix: str, lines: dict[str, int]) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        path = f"{prefix}{key.value}"
        lines[path] = key.start_mark.line + 1
        _note_lines(value, f"{path}.", lines)


def _explain(path: Path, lines: dict[str, int], error: ValidationError) -> list[str]:
    messages = []
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"])
        line = next((lines[k] for k in (key, key.rpartition(".")[0]) if k in lines), None)
        where = f"{path}:{line}" if line else str(path)
        what = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
        messages.append(f"{where}: {key or 'configuration'}: {what.removeprefix('Value error, ')}")
    return messages
