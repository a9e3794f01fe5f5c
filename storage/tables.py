"""Every table in one place, so that the metadata is complete wherever this is imported."""

from __future__ import annotations

from storage.base import Base
from storage.cases import Case, CaseEvent
from storage.city import (
    ApiKey,
    CategorySetting,
    CityEvent,
    DispatchRule,
    OpenRequest,
    PlaceCode,
)
from storage.communities import Community, Place
from storage.consents import Consent
from storage.desk import QueueItem, Reply
from storage.households import Household, HouseholdMember
from storage.information import FundEntry, Notice, ServiceEntry, Sheet, Subscription, TipOff
from storage.learning import Correction
from storage.ledger import (
    LedgerAccount,
    LedgerEntry,
    LedgerHead,
    LedgerLot,
    LedgerLotUse,
    LedgerMonth,
)
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.moderation import SensitiveWord, Submission
from storage.organisations import Organisation
from storage.points import (
    Goods,
    PointAward,
    PointRule,
    PointRuleVersion,
    PointsRanking,
    PointsTerms,
    Redemption,
)
from storage.policies import PolicyAnswer, PolicyDocument, PolicyQuestion, PolicyReview
from storage.residents import Dialog, Resident
from storage.running import AccessToken
from storage.staff import AuditEntry, Staff, StaffSession

APPEND_ONLY = (
    CaseEvent.__tablename__,
    AuditEntry.__tablename__,
    LedgerEntry.__tablename__,
    LedgerLotUse.__tablename__,
    LedgerMonth.__tablename__,
    PointRuleVersion.__tablename__,
)

__all__ = [
    "APPEND_ONLY",
    "AccessToken",
    "ApiKey",
    "AuditEntry",
    "Base",
    "Case",
    "CaseEvent",
    "CategorySetting",
    "CityEvent",
    "Community",
    "Consent",
    "Correction",
    "Dialog",
    "DispatchRule",
    "FundEntry",
    "Goods",
    "Household",
    "HouseholdMember",
    "InboundMessage",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerHead",
    "LedgerLot",
    "LedgerLotUse",
    "LedgerMonth",
    "Media",
    "Notice",
    "OpenRequest",
    "Organisation",
    "OutboxMessage",
    "Place",
    "PlaceCode",
    "PointAward",
    "PointRule",
    "PointRuleVersion",
    "PointsRanking",
    "PointsTerms",
    "PolicyAnswer",
    "PolicyDocument",
    "PolicyQuestion",
    "PolicyReview",
    "QueueItem",
    "Redemption",
    "Reply",
    "Resident",
    "SensitiveWord",
    "ServiceEntry",
    "Sheet",
    "Staff",
    "StaffSession",
    "Submission",
    "Subscription",
    "TipOff",
]
