"""Every table in one place, so that the metadata is complete wherever this is imported."""

from __future__ import annotations

from storage.activities import Activity, ActivityRating, Occasion, SignUp
from storage.aid import AidRequest, AidStep, Referral
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
from storage.board import BoardClaim, BoardPost, BoardRating, Wish, WishSupport
from storage.care import CareGiver, CareRequest
from storage.case_ties import CaseFollower, CaseLink, CaseMediator, Supervision
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
from storage.consents import Consent, ConsentCode, ConsentTry
from storage.desk import QueueItem, Reply
from storage.desk_terms import DeskTerms
from storage.hall import (
    Attendance,
    ProcessVersion,
    Seat,
    Topic,
    TopicEvent,
    TopicRating,
    TopicTask,
)
from storage.hot_topics import HotTopic
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
from storage.messages import InboundMessage, Media, OutboxMessage, SealedReply
from storage.moderation import SensitiveWord, Submission
from storage.opinions import (
    OpinionSnapshot,
    Proposal,
    ProposalSupport,
    Statement,
    StatementAnswer,
)
from storage.organisations import Organisation, OrganisationRating, OrganisationService
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
from storage.questionnaires import Questionnaire, QuestionnaireResponse
from storage.register import Home, HomeTie, RegisteredPerson
from storage.reports import Report
from storage.residents import Dialog, Resident
from storage.running import AccessToken
from storage.staff import AuditEntry, Staff, StaffSession
from storage.volunteers import Backfill, Certificate, HourEntry, Volunteer

APPEND_ONLY = (
    CaseEvent.__tablename__,
    AuditEntry.__tablename__,
    LedgerEntry.__tablename__,
    LedgerLotUse.__tablename__,
    LedgerMonth.__tablename__,
    PointRuleVersion.__tablename__,
    HourEntry.__tablename__,
    ProcessVersion.__tablename__,
    TopicEvent.__tablename__,
    RollEntry.__tablename__,
    BallotEvent.__tablename__,
    DeskTerms.__tablename__,
)

__all__ = [
    "APPEND_ONLY",
    "AccessToken",
    "Activity",
    "ActivityRating",
    "AidRequest",
    "AidStep",
    "ApiKey",
    "Attendance",
    "AuditEntry",
    "Backfill",
    "Ballot",
    "BallotEvent",
    "BallotKey",
    "Base",
    "BoardClaim",
    "BoardPost",
    "BoardRating",
    "CareGiver",
    "CareRequest",
    "Case",
    "CaseEvent",
    "CaseFollower",
    "CaseLink",
    "CaseMediator",
    "CategorySetting",
    "Certificate",
    "ChosenVote",
    "CityEvent",
    "Community",
    "Consent",
    "ConsentCode",
    "ConsentTry",
    "Correction",
    "DeskTerms",
    "Dialog",
    "DispatchRule",
    "Elector",
    "ElectorMember",
    "FundEntry",
    "Goods",
    "Home",
    "HomeTie",
    "HotTopic",
    "HourEntry",
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
    "Occasion",
    "OpenRequest",
    "OpinionSnapshot",
    "Organisation",
    "OrganisationRating",
    "OrganisationService",
    "OutboxMessage",
    "PaperVote",
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
    "ProcessVersion",
    "Proposal",
    "ProposalSupport",
    "Questionnaire",
    "QuestionnaireResponse",
    "QueueItem",
    "Redemption",
    "Referral",
    "RegisteredPerson",
    "Reply",
    "Report",
    "Resident",
    "RollEntry",
    "SealedReply",
    "SealedVote",
    "Seat",
    "SensitiveWord",
    "ServiceEntry",
    "Sheet",
    "SignUp",
    "Staff",
    "StaffSession",
    "Statement",
    "StatementAnswer",
    "Submission",
    "Subscription",
    "Supervision",
    "TipOff",
    "Topic",
    "TopicEvent",
    "TopicRating",
    "TopicTask",
    "Volunteer",
    "Wish",
    "WishSupport",
]
