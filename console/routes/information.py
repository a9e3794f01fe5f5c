"""The routes of the policy library, of public information, and of its public pages."""

from __future__ import annotations

from console.pages import (
    gaps,
    notices,
    policies,
    policy_writing,
    sheets,
    tips,
)
from console.pages import public_information as public
from console.routes.kinds import APPROVE, CODE, KEEP_KNOWLEDGE, KEEP_NOTICES, N
from console.rules import Public, Route

PLACE = r"{place:\d{1,3}}"
POLICY, NOTICE, SHEET, TIP = (
    f"/console/{area}/{N}" for area in ("policies", "notices", "sheets", "tips")
)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/policies", policies.show, KEEP_KNOWLEDGE),
    Route("POST", "/console/policies/upload", policies.upload, KEEP_KNOWLEDGE, uploads=True),
    Route("GET", "/console/policies/new", policy_writing.show_new, KEEP_KNOWLEDGE),
    Route("POST", "/console/policies", policy_writing.add, KEEP_KNOWLEDGE),
    Route("GET", "/console/policies/gaps", gaps.show, KEEP_KNOWLEDGE),
    Route("POST", "/console/policies/gaps/dismiss", gaps.dismiss, KEEP_KNOWLEDGE),
    Route("GET", "/console/policies/verdicts", gaps.verdicts, KEEP_KNOWLEDGE),
    Route("GET", POLICY, policies.show_one, KEEP_KNOWLEDGE),
    Route("POST", POLICY, policy_writing.save, KEEP_KNOWLEDGE),
    Route("GET", f"{POLICY}/edit", policy_writing.show_edit, KEEP_KNOWLEDGE),
    Route("POST", f"{POLICY}/submit", policies.submit, KEEP_KNOWLEDGE),
    Route("POST", f"{POLICY}/approve", policies.approve, APPROVE),
    Route("POST", f"{POLICY}/return", policies.send_back, APPROVE),
    Route("POST", f"{POLICY}/retire", policies.retire, APPROVE),
    Route("GET", "/console/notices", notices.show, KEEP_NOTICES),
    Route("GET", "/console/notices/new", notices.show_new, KEEP_NOTICES),
    Route("POST", "/console/notices", notices.add, KEEP_NOTICES),
    Route("GET", NOTICE, notices.show_one, KEEP_NOTICES),
    Route("POST", NOTICE, notices.save, KEEP_NOTICES),
    Route("POST", f"{NOTICE}/pictures", notices.add_pictures, KEEP_NOTICES, uploads=True),
    Route("POST", f"{NOTICE}/pictures/drop", notices.drop_pictures, KEEP_NOTICES),
    Route("GET", f"{NOTICE}/pictures/{PLACE}", notices.show_picture, KEEP_NOTICES),
    Route("POST", f"{NOTICE}/submit", notices.submit, KEEP_NOTICES),
    Route("POST", f"{NOTICE}/approve", notices.approve, APPROVE),
    Route("POST", f"{NOTICE}/return", notices.send_back, APPROVE),
    Route("POST", f"{NOTICE}/withdraw", notices.withdraw, KEEP_NOTICES),
    Route("GET", "/console/sheets", sheets.show, KEEP_NOTICES),
    Route("POST", "/console/sheets/upload", sheets.upload, KEEP_NOTICES, uploads=True),
    Route("GET", SHEET, sheets.show_one, KEEP_NOTICES),
    Route("POST", SHEET, sheets.save, KEEP_NOTICES),
    Route("POST", f"{SHEET}/copy", sheets.copy, KEEP_NOTICES),
    Route("POST", f"{SHEET}/submit", sheets.submit, KEEP_NOTICES),
    Route("POST", f"{SHEET}/approve", sheets.approve, APPROVE),
    Route("POST", f"{SHEET}/return", sheets.send_back, APPROVE),
    Route("POST", f"{SHEET}/withdraw", sheets.withdraw, KEEP_NOTICES),
    Route("GET", "/console/tips", tips.show, APPROVE),
    Route("GET", TIP, tips.show_one, APPROVE),
    Route("POST", f"{TIP}/go-on", tips.go_on, APPROVE),
    Route("POST", f"{TIP}/contact", tips.contact, APPROVE),
    Route("GET", f"/public/{CODE}/notices", public.show_notices, Public()),
    Route("GET", f"/public/{CODE}/notices/{N}", public.show_notice, Public()),
    Route("GET", f"/public/{CODE}/notices/{N}/pictures/{PLACE}", public.notice_picture, Public()),
    Route("GET", f"/public/{CODE}/lists", public.show_lists, Public()),
    Route("GET", f"/public/{CODE}/funds", public.show_funds, Public()),
    Route("GET", f"/public/{CODE}/funds.xlsx", public.funds_file, Public()),
    Route("GET", f"/public/{CODE}/policies", public.show_policies, Public()),
    Route("GET", f"/public/{CODE}/policies/{N}", public.show_policy, Public()),
)
