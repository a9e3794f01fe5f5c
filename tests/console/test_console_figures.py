"""Every figure is the length of the list it opens, whatever the cases are like."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy.orm import Session

from services import cases, desk
from services.case_states import State
from storage.communities import Community, Place
from storage.residents import Resident
from tests.console.seed import GRID_1, GRID_2, HOURS, UNIT
from tests.console.world import CATALOGUES, Console, Visitor

CASES = 90
STRIP = re.compile(r'<li><a href="([^"]*)"[^>]*><b>(\d+)</b>')
DAYS = re.compile(r'<a href="([^"]*)" aria-label="[^"]*：(\d+) 件"')
STATES = re.compile(r'<li><a href="([^"]*)"><span>[^<]*</span>.*?<b>(\d+)</b>', re.DOTALL)
CHIPS = re.compile(r'<a class="chip[^"]*" href="([^"]*)"[^>]*>[^<]*<b>(\d+)</b>')


def scatter(console: Console, random: Random) -> None:
    """Cases of all states, ages, places and secrecy; items of the queue beside them."""

    def work(session: Session) -> None:
        community = session.query(Community).filter_by(code="demo").one()
        resident = session.get_one(Resident, console.seeded.resident)
        for _ in range(CASES):
            _one(console, session, random, community, resident)

    console.write(work)


def _one(
    console: Console, session: Session, random: Random, community: Community, resident: Resident
) -> None:
    now = console.clock()
    came = now - timedelta(minutes=random.choice((0, 450, 990, 1051, random.randrange(60_000))))
    path = random.choice((UNIT, GRID_1, GRID_2))
    new = cases.NewCase(
        community_id=community.id,
        category=random.choice(CATALOGUES.shipped.all()).code,
        title=f"第{random.random()}件",
        description="不好用了",
        place_path=path,
        place_id=session.query(Place).filter_by(path=path).one().id,
        private=random.random() < 0.2,
        urgent=random.random() < 0.1,
    )
    case = cases.submit(session, new, random.choice((None, resident)), HOURS, came)
    case.state = random.choice(list(State)).value
    case.responsible_id = random.choice((None, *console.seeded.staff.values()))
    if random.random() < 0.5:
        case.responded_at = came
    if random.random() < 0.3:
        case.resolved_at = now
    if random.random() < 0.6:
        desk.finish(session, cases.source_of(case), now)


async def length(visitor: Visitor, address: str) -> int:
    """How many rows a list has over all its pages."""
    page = (await visitor.get(html.unescape(address))).text
    found = re.search(r"共 (\d+) 条", page)
    return int(found[1]) if found else page.count("data-row")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("login", ["worker", "grid1", "supervisor"])
async def test_every_number_is_the_length_of_its_list(
    console: Console, seed: int, login: str
) -> None:
    scatter(console, Random(seed))
    visitor = console.visitor(login)
    page = (await visitor.get("/console/figures")).text
    states = [found for found in STATES.findall(page) if "state=" in found[0]]
    days = DAYS.findall(page)
    assert len(days) == 30
    assert len(states) > 3
    assert sum(int(number) for _, number in days) == int(re.findall(r"共 (\d+) 件", page)[0])
    for address, number in (*STRIP.findall(page), *states, *days):
        assert await length(visitor, address) == int(number), address
    chips = CHIPS.findall((await visitor.get("/console/")).text)
    assert len(chips) >= 4
    for address, number in chips:
        assert await length(visitor, address) == int(number), address


async def test_open_cases_are_those_of_the_open_states(console: Console) -> None:
    """The bars add up to the figure 在办事项."""
    scatter(console, Random(7))
    page = (await console.visitor("worker").get("/console/figures")).text
    bars = [int(number) for href, number in STATES.findall(page) if "state=" in href]
    whole = next(int(number) for href, number in STRIP.findall(page) if href.endswith("state=open"))
    assert sum(bars) == whole
