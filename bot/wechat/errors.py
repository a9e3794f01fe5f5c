"""What can go wrong with a call to WeChat, by what the caller should do about it.

    ApiError
    ├── Temporary        nothing was done: try again later
    │   └── Misconfigured    the same, but somebody must mend the settings first
    ├── Ambiguous        it may have been done: repeat only what may arrive twice
    ├── QuotaUsed        today's calls are used up: try again tomorrow
    ├── OutOfWindow      the resident has not written lately: deliver at the next contact
    ├── TooMany          the messages of this window are used up: deliver at the next contact
    ├── NoPermission     the account may not do this: deliver at the next contact
    ├── NoConsent        the resident does not follow, or has not agreed to this notice: final
    └── Invalid          the request itself is wrong: final

Sources of the codes: the global return codes of the official accounts platform.
"""

from __future__ import annotations


class ApiError(Exception):
    """A call failed; `code` is WeChat's errcode, or 0 where there was no readable answer."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}" if code else message)
        self.code = code
        self.message = message


class Temporary(ApiError):
    """Nothing was done; try again later."""


class Misconfigured(Temporary):
    """Appid, secret, token or the list of allowed addresses is wrong."""


class Ambiguous(ApiError):
    """The request was sent and no answer came: it may have been carried out."""


class QuotaUsed(ApiError):
    """The day's calls are used up."""


class OutOfWindow(ApiError):
    """No message from the resident within the time allowed for an answer."""


class TooMany(ApiError):
    """All messages allowed after the resident's last contact are sent."""


class NoPermission(ApiError):
    """The account does not have this interface."""


class NoConsent(ApiError):
    """The resident does not follow the account, or has not agreed to this notice."""


class Invalid(ApiError):
    """WeChat refuses the content of the request; sending it again cannot help."""


TOKEN_CODES = frozenset({40001, 40014, 42001})
_BY_CODE: dict[int, type[ApiError]] = {
    -1: Temporary,
    45011: Temporary,  # too many calls this minute
    40013: Misconfigured,  # appid
    40125: Misconfigured,  # secret
    40164: Misconfigured,  # address not on the list
    40243: Misconfigured,  # secret frozen
    41002: Misconfigured,
    41004: Misconfigured,
    89503: Misconfigured,  # address waits for the administrator's consent
    45009: QuotaUsed,
    45015: OutOfWindow,
    45047: TooMany,
    48001: NoPermission,
    48004: NoPermission,
    50001: NoPermission,
    43004: NoConsent,
    43101: NoConsent,
}


def error_for(code: int, message: str) -> ApiError:
    """The exception that stands for `code`."""
    if code in TOKEN_CODES:
        return Misconfigured(code, message)
    return _BY_CODE.get(code, Invalid)(code, message)
