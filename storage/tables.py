"""Every table in one place, so that the metadata is complete wherever this is imported."""

from __future__ import annotations

from storage.base import Base
from storage.cases import Case, CaseEvent
from storage.communities import Community, Place
from storage.consents import Consent
from storage.desk import QueueItem, Reply
from storage.hot_topics import HotTopic
from storage.learning import Correction
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.moderation import SensitiveWord, Submission
from storage.organisations import Organisation
from storage.policies import PolicyDocument, PolicyQuestion
from storage.reports import Report
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
    "HotTopic",
    "InboundMessage",
    "Media",
    "Organisation",
    "OutboxMessage",
    "Place",
    "PolicyDocument",
    "PolicyQuestion",
    "QueueItem",
    "Reply",
    "Report",
    "Resident",
    "SensitiveWord",
    "Staff",
    "StaffSession",
    "Submission",
]
