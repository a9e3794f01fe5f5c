"""The QR codes around the demo community that belong to no single place."""

from __future__ import annotations

from demo.community import add_staff
from tests.desk import Desk


async def test_the_code_of_a_grid_tells_who_looks_after_it(desk: Desk) -> None:
    """By family name only, with what one may do next."""
    desk.do(lambda session: add_staff(session, desk.clock()))
    reply = await desk.send(desk.side.compose_scan("neighbour", "grid:G1"))
    assert reply is not None
    assert "第一网格的网格员是李某" in reply
    assert "李强" not in reply
    assert "1 反映问题" in reply


async def test_a_grid_without_a_worker_and_a_code_that_is_no_grid_lead_somewhere(
    desk: Desk,
) -> None:
    alone = await desk.send(desk.side.compose_scan("neighbour", "grid:G1"))
    assert alone is not None
    assert "社区工作人员负责" in alone
    unknown = await desk.send(desk.side.compose_scan("neighbour", "grid:B3U2"))
    assert unknown is not None
    assert "您好，这里是" in unknown


async def test_the_code_at_the_desk_welcomes(desk: Desk) -> None:
    reply = await desk.send(desk.side.compose_scan("neighbour", "desk"))
    assert reply is not None
    assert "您好，这里是" in reply
