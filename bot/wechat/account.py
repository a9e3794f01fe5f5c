"""One official account as the channel needs it: identity, secrets and what it may do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
CUSTOMER_SERVICE = "customer_service"
TEMPLATE = "template"
SUBSCRIBE = "subscribe"
CAPABILITIES = frozenset({CUSTOMER_SERVICE, TEMPLATE, SUBSCRIBE})


class AccountError(ValueError):
    """The account's settings cannot be used; the message names the setting and the remedy."""


@dataclass(frozen=True, slots=True)
class Account:
    """An official account; secrets stay out of its `repr`.

    `code` is the part of the webhook address after `/wechat/`, empty for the first account.
    With `aes_key` set only secure mode is accepted; `previous_aes_key` still decrypts while WeChat
    changes over. `capabilities` is a subset of `CAPABILITIES`. `original_id` is the account's
    `gh_…` name, known to the demonstration only. Raises `AccountError` when built from settings
    that would be unsafe or useless.
    """

    code: str
    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)
    api_base: str = "https://api.weixin.qq.com"
    capabilities: frozenset[str] = frozenset({CUSTOMER_SERVICE, TEMPLATE})
    original_id: str = ""

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise AccountError(f"wechat account {self.code or '(first)'}: {fault}")

    def _faults(self) -> list[str]:
        unknown = self.capabilities - CAPABILITIES
        checks = (
            (self.appid, "appid is empty; it stands on the platform page under 基本配置"),
            (
                self.token.strip(),
                "token is empty: anybody could forge messages; it is entered under 服务器配置",
            ),
            (
                not self.aes_key or AES_KEY.fullmatch(self.aes_key),
                "aes_key must be the 43 letters and digits of EncodingAESKey",
            ),
            (
                not self.previous_aes_key or AES_KEY.fullmatch(self.previous_aes_key),
                "previous_aes_key must be 43 letters and digits, or be left out",
            ),
            (
                self.aes_key or not self.previous_aes_key,
                "previous_aes_key is set without aes_key",
            ),
            (self.api_base.startswith(("http://", "https://")), "api_base must be an http address"),
            (not unknown, f"unknown capabilities {sorted(unknown)}; known {sorted(CAPABILITIES)}"),
        )
        return [fault for good, fault in checks if not good]

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """The keys that may decrypt, newest first."""
        return tuple(key for key in (self.aes_key, self.previous_aes_key) if key)

    def can(self, capability: str) -> bool:
        """Whether the account has been granted `capability`."""
        return capability in self.capabilities
