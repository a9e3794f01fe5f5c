"""The rules and path patterns that the route tables use."""

from __future__ import annotations

from console.rules import Needs
from services.access import Permission

SEE = Needs(Permission.SEE)
HANDLE = Needs(Permission.HANDLE)
APPROVE = Needs(Permission.APPROVE)
UNMASK = Needs(Permission.UNMASK)
REPORT = Needs(Permission.REPORT)
SUPERVISE = Needs(Permission.SUPERVISE)
AUDIT = Needs(Permission.SEE_AUDIT)
SEE_PRIVATE = Needs(Permission.SEE_PRIVATE)
MODERATE = Needs(Permission.MODERATE)
KEEP_STAFF = Needs(Permission.KEEP_STAFF)
KEEP_MODEL = Needs(Permission.KEEP_MODEL)
KEEP_DESK = Needs(Permission.KEEP_DESK)
KEEP_KNOWLEDGE = Needs(Permission.KEEP_KNOWLEDGE)
KEEP_NOTICES = Needs(Permission.KEEP_NOTICES)
KEEP_ACTIVITIES = Needs(Permission.KEEP_ACTIVITIES)
KEEP_POINTS = Needs(Permission.KEEP_POINTS)
KEEP_HELP = Needs(Permission.KEEP_HELP)
KEEP_TOPICS = Needs(Permission.KEEP_TOPICS)

N = r"{id:\d{1,15}}"
CODE = r"{community:[A-Za-z0-9_-]{1,32}}"
