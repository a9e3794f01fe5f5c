"""Every table in one place, so that the metadata is complete wherever this is imported."""

from __future__ import annotations

from storage.base import Base
from storage.cases import Case, CaseEvent
from storage.communities import Community, Place
from storage.consents import Consent
from storage.desk import QueueItem, Reply
from storage.information import FundEntry, Notice, ServiceEntry, Sheet, Subscription, TipOff
from storage.learning import Correction
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.moderation import SensitiveWord, Submission
from storage.organisations import Organisation
from storage.policies import PolicyAnswer, PolicyDocument, PolicyQuestion, PolicyReview
from storage.residents import Dialog, Resident
from storage.running import AccessToken
from storage.staff import AuditEntry, Staff, StaffSession

APPEND_ONLY = (CaseEvent.__tablename__, AuditEntry.__tablename__)

__all__ = [
    "APPEND_ONLY",
    "AccessToken",
    "AuditEntry",
    "Base",
    "Case",
    "CaseEvent",
    "Community",
    "Consent",
    "Correction",
    "Dialog",
    "FundEntry",
    "InboundMessage",
    "Media",
    "Notice",
    "Organisation",
    "OutboxMessage",
    "Place",
    "PolicyAnswer",
    "PolicyDocument",
    "PolicyQuestion",
    "PolicyReview",
    "QueueItem",
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
