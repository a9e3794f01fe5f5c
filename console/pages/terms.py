"""The terms of a community (时限与日历): what it promises, its office hours, its own days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import stale
from console.forms import Entered, number_or_none, read_form
from console.pages.communities import Kept, kept
from console.rendering import render
from console.visits import Visit, visit_of
from services import desk_terms, desk_terms_keeping
from services import staff as people
from services.desk_terms_keeping import BadTerms, StaleTerms, Wanted
from services.sla import CLASS_NAMES, PROMISES, Promise, Terms
from storage.desk_terms import DeskTerms

ADDRESS = "/console/terms"
PARTS = ("response", "update", "resolve")


@dataclass(frozen=True, slots=True)
class Version:
    """A version with who made it, and what it says in lines."""

    row: DeskTerms
    author: str
    lines: list[str]


async def show(request: web.Request) -> web.Response:
    """What is in force, to be changed; and what was before."""
    return await _page(request, request.query.get("community", ""), Entered(), 200)


async def _page(
    request: web.Request, community: str, entered: Entered, status: int
) -> web.Response:
    visit = visit_of(request)
    found, versions = await visit.read(lambda session: _load(session, visit, community))
    own = desk_terms_keeping.write_days(desk_terms.own_days(versions[0].row)) if versions else ""
    values = entered.values or {**_values(found.terms), "days": own}
    context = {
        "kept": found,
        "address": ADDRESS,
        "entered": entered,
        "values": values,
        "versions": versions,
        "classes": CLASS_NAMES,
        "promises": found.terms.promises,
    }
    return render(request, "terms.html", context, status=status)


def _load(session: Session, visit: Visit, community: str) -> tuple[Kept, list[Version]]:
    found = kept(session, visit, community)
    rows = desk_terms_keeping.versions(session, found.community.id)
    names = people.names(session, [row.made_by for row in rows])
    return found, [
        Version(row, names.get(row.made_by, ""), desk_terms_keeping.in_words(row)) for row in rows
    ]


def _values(terms: Terms) -> dict[str, str]:
    found = {
        "opens": f"{terms.hours.opens:%H:%M}",
        "closes": f"{terms.hours.closes:%H:%M}",
        "seen": str(terms.version),
    }
    for name, promise in terms.promises.items():
        given = (promise.response_minutes, promise.update_minutes, promise.resolve_days)
        found |= {f"{name}-{part}": str(value) for part, value in zip(PARTS, given, strict=True)}
    return found


async def keep(request: web.Request) -> web.Response:
    """Stores the next version."""
    visit, form = visit_of(request), await read_form(request)
    community = form.get("community", "")

    def work(session: Session) -> Kept:
        found = kept(session, visit, community)
        number, hours = found.community.id, visit.deps.hours
        desk_terms_keeping.keep(session, visit.staff, number, _wanted(form), hours, visit.now)
        return found

    try:
        found = await visit.write(work)
    except BadTerms as error:
        return await _page(
            request, community, Entered("keep", form, {error.field: str(error)}), 422
        )
    except StaleTerms as error:
        return stale(request, str(error), f"{ADDRESS}?community={community}")
    return see(f"{ADDRESS}{found.query}", "saved")


def _wanted(form: Mapping[str, str]) -> Wanted:
    return Wanted(
        seen=_number(form, "seen"),
        opens=_minute(form, "opens"),
        closes=_minute(form, "closes"),
        promises={name: _promise(form, name) for name in PROMISES},
        days=form.get("days", ""),
        reason=form.get("reason", ""),
        carry_over=form.get("carry_over") == "1",
    )


def _promise(form: Mapping[str, str], name: str) -> Promise:
    response, update, resolve = (_number(form, f"{name}-{part}") for part in PARTS)
    return Promise(response, update, resolve, urgent=PROMISES[name].urgent)


def _number(form: Mapping[str, str], field: str) -> int:
    found = number_or_none(form.get(field))
    if found is None:
        raise BadTerms(field, "请写数字")
    return found


def _minute(form: Mapping[str, str], field: str) -> int:
    """A time of day as minutes after midnight."""
    hour, _, minute = form.get(field, "").strip().replace("：", ":").partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise BadTerms(field, "写成 08:30 这样")
    return int(hour) * 60 + int(minute)
