"""Every table in one place, so that the metadata is complete wherever this is imported."""

from __future__ import annotations

from storage.ballots import (
    Ballot,
    BallotEvent,
    BallotKey,
    ChosenVote,
    Elector,
    ElectorMember,
    PaperVote,
    RollEntry,
    SealedVote,
)
from storage.base import Base
from storage.cases import Case, CaseEvent
from storage.communities import Community, Place
from storage.consents import Consent
from storage.desk import QueueItem, Reply
from storage.hall import (
    Attendance,
    ProcessVersion,
    Seat,
    Topic,
    TopicEvent,
    TopicRating,
    TopicTask,
)
from storage.learning import Correction
from storage.messages import InboundMessage, Media, OutboxMessage, SealedReply
from storage.moderation import SensitiveWord, Submission
from storage.opinions import (
    OpinionSnapshot,
    Proposal,
    ProposalSupport,
    Statement,
    StatementAnswer,
)
from storage.organisations import Organisation
from storage.policies import PolicyDocument, PolicyQuestion
from storage.questionnaires import Questionnaire, QuestionnaireResponse
from storage.register import Home, HomeTie, RegisteredPerson
from storage.residents import Dialog, Resident
from storage.running import AccessToken
from storage.staff import AuditEntry, Staff, StaffSession

APPEND_ONLY = (
    CaseEvent.__tablename__,
    AuditEntry.__tablename__,
    ProcessVersion.__tablename__,
    TopicEvent.__tablename__,
    RollEntry.__tablename__,
    BallotEvent.__tablename__,
)

__all__ = [
    "APPEND_ONLY",
    "AccessToken",
    "Attendance",
    "AuditEntry",
    "Ballot",
    "BallotEvent",
    "BallotKey",
    "Base",
    "Case",
    "CaseEvent",
    "ChosenVote",
    "Community",
    "Consent",
    "Correction",
    "Dialog",
    "Elector",
    "ElectorMember",
    "Home",
    "HomeTie",
    "InboundMessage",
    "Media",
    "OpinionSnapshot",
    "Organisation",
    "OutboxMessage",
    "PaperVote",
    "Place",
    "PolicyDocument",
    "PolicyQuestion",
    "ProcessVersion",
    "Proposal",
    "ProposalSupport",
    "Questionnaire",
    "QuestionnaireResponse",
    "QueueItem",
    "RegisteredPerson",
    "Reply",
    "Resident",
    "RollEntry",
    "SealedReply",
    "SealedVote",
    "Seat",
    "SensitiveWord",
    "Staff",
    "StaffSession",
    "Statement",
    "StatementAnswer",
    "Submission",
    "Topic",
    "TopicEvent",
    "TopicRating",
    "TopicTask",
]
