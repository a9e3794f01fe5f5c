"""A resident's own entries as a signed document, and the offline check of one.

The document holds each entry with the hash it has in the chain of the community, the balances
after it, and the signature of the deployment over all of it. It can be checked without the
database: the hashes come out again, each balance follows from the one before, the total is the
sum, and the signature fits the key that the community publishes.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from deliberation.chain import Event, append, canonical
from services.ledger_accounts import Unit
from services.ledger_chain import event_of
from storage.ledger import LedgerAccount, LedgerEntry
from storage.residents import Resident
from storage.signing import fits, public_key, sign

FORMAT = "shuoshitai-ledger-1"


class BrokenProof(ValueError):
    """The document is not what was handed out; the message says where."""


def document(session: Session, resident: Resident) -> dict[str, Any]:
    """Every account that was ever the resident's own, entry by entry; signed.

    Points in the purse of a household are of several people: of those only the entries that the
    resident made.
    """
    own = session.scalars(select(LedgerAccount).where(LedgerAccount.resident_id == resident.id))
    body: dict[str, Any] = {
        "format": FORMAT,
        "community": resident.community_id,
        "resident": resident.id,
        "accounts": [_account(session, account) for account in own.all()],
        "in_household": [vars(event_of(entry)) for entry in _shared(session, resident)],
    }
    signature = sign(session, canonical(body))
    return {**body, "key": public_key(session), "signature": signature}


def _account(session: Session, account: LedgerAccount) -> dict[str, Any]:
    query = select(LedgerEntry).where(
        or_(LedgerEntry.from_account_id == account.id, LedgerEntry.to_account_id == account.id)
    )
    entries = session.scalars(query.order_by(LedgerEntry.number))
    return {
        "account": account.id,
        "unit": account.unit,
        "balance": account.balance,
        "entries": [vars(event_of(entry)) for entry in entries],
    }


def _shared(session: Session, resident: Resident) -> list[LedgerEntry]:
    households = select(LedgerAccount.id).where(LedgerAccount.household_id.is_not(None))
    query = select(LedgerEntry).where(
        LedgerEntry.community_id == resident.community_id,
        LedgerEntry.unit == Unit.POINTS.value,
        LedgerEntry.resident_id == resident.id,
        or_(LedgerEntry.from_account_id.in_(households), LedgerEntry.to_account_id.in_(households)),
    )
    return list(session.scalars(query.order_by(LedgerEntry.number)))


def is_proof(text: str) -> bool:
    """Whether a file is meant to be such a document."""
    return f'"{FORMAT}"' in text


def check(text: str, keys: list[str] | None = None) -> int:
    """Checks a document; returns how many entries it has. Raises BrokenProof.

    `keys` are published keys, one of which must be the one that signed; without them the key in
    the document is believed.
    """
    try:
        found = json.loads(text)
        found = found.get("ledger", found)  # as a part of all that is stored about somebody
        body = {name: found[name] for name in found if name not in ("key", "signature")}
        if keys and found["key"] not in keys:
            raise BrokenProof("signed with another key than the published one")
        if not fits(found["key"], canonical(body), found["signature"]):
            raise BrokenProof("the signature does not fit the content")
        checked = sum(_check_account(account) for account in found["accounts"])
        return checked + sum(_check_event(event) for event in found["in_household"])
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise BrokenProof(f"not a statement of the ledger: {error}") from error


def _check_account(account: dict[str, Any]) -> int:
    balance = 0
    for event in account["entries"]:
        _check_event(event)
        moved = event["payload"]
        outward = moved["from"] == account["account"]
        if not outward and moved["to"] != account["account"]:
            raise BrokenProof(f"entry {event['sequence']}: is about another account")
        balance += -moved["amount"] if outward else moved["amount"]
        if balance != moved["from_balance" if outward else "to_balance"]:
            raise BrokenProof(f"entry {event['sequence']}: an entry before it is missing")
    if balance != account["balance"]:
        raise BrokenProof(f"account {account['account']}: the total is not the sum")
    return len(account["entries"])


def _check_event(event: dict[str, Any]) -> int:
    """1 where the hash of an entry comes out again."""
    number = event["sequence"]
    before = Event(number - 1, "", {}, "", event["previous"]) if number > 1 else None
    if append(before, event["kind"], event["payload"]).hash != event["hash"]:
        raise BrokenProof(f"entry {number}: its hash does not match its content")
    return 1
