"""The moderation pages: the list, the text with its marked words, the decision, the words kept."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from console.pages import moderation as page
from storage.messages import OutboxMessage
from storage.moderation import SensitiveWord, Submission
from tests.console.test_console_browser import SMALL, no_faults, open_page, sign_in
from tests.console.world import Console, hidden

LIST = "/console/moderation"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What became public by the effect of the seeded kind."""
    numbers: list[int] = []
    effects = {"note": lambda _session, row, _now: numbers.append(row.subject_id)}
    monkeypatch.setattr(page, "EFFECTS", effects)
    return numbers


def one(console: Console) -> Submission:
    number = console.seeded.submission
    return console.read(lambda s: s.get_one(Submission, number))


async def test_the_list_and_the_page_show_what_waits(console: Console) -> None:
    """Sensitive words are marked, the author is masked."""
    reviewer = console.visitor("reviewer")
    listed = await reviewer.get(LIST)
    assert "含敏感词" in listed.text
    text = (await reviewer.get(f"{LIST}/{console.seeded.submission}")).text
    assert "<mark>电话</mark>" in text
    assert "王秀兰" not in text


async def test_a_published_text_has_its_effect_and_leads_on(
    console: Console, shown: list[int]
) -> None:
    reviewer, path = console.visitor("reviewer"), f"{LIST}/{console.seeded.submission}"
    version = hidden((await reviewer.get(path)).text, "version")
    answer = await reviewer.post(f"{path}/publish", {"version": version})
    assert answer.location.startswith(LIST)
    assert answer.location.endswith("?done=published")
    assert (one(console).state, shown) == ("published", [1])
    again = await reviewer.post(f"{path}/refuse", {"version": version, "reason": "晚了"})
    assert again.status == 409


async def test_a_refusal_without_a_reason_comes_back(console: Console, shown: list[int]) -> None:
    reviewer, path = console.visitor("reviewer"), f"{LIST}/{console.seeded.submission}"
    answer = await reviewer.post(f"{path}/refuse", {"version": "1"})
    assert answer.status == 422
    assert "要写明原因" in answer.text
    done = await reviewer.post(f"{path}/refuse", {"version": "1", "reason": "有他人的电话"})
    assert done.status == 303
    told = console.read(lambda s: list(s.scalars(select(OutboxMessage.text))))
    assert any("有他人的电话" in text for text in told)
    assert (shown, console.woken) == ([1], [1])
    assert console.audited("moderation.refused")[0].reason == "有他人的电话"


async def test_words_are_kept(console: Console) -> None:
    """Added once each, removed one by one; another community sees none of them."""
    reviewer = console.visitor("reviewer")
    await reviewer.post(f"{LIST}/words", {"words": "中奖、电话\n贷款"})
    words = console.read(lambda s: list(s.scalars(select(SensitiveWord.word))))
    assert sorted(words) == sorted(["中奖", "电话", "贷款"])
    await reviewer.post(f"{LIST}/words/{console.seeded.word}/remove")
    assert ">电话<" not in (await reviewer.get(f"{LIST}/words")).text
    assert "贷款" not in (await console.visitor("elsewhere").get(f"{LIST}/words")).text
    assert (await reviewer.post(f"{LIST}/words", {"words": " "})).status == 422


@pytest.mark.parametrize("width", [1280, 360])
async def test_by_keyboard_and_on_a_phone(
    browser: Browser, console: Console, shown: list[int], width: int
) -> None:
    """j and Enter open, a publishes; everything fits."""
    tab = await open_page(browser, console, width)
    await sign_in(tab, "reviewer", LIST)
    await no_faults(tab)
    await tab.keyboard.press("j")
    await tab.keyboard.press("Enter")
    await expect(tab.locator("mark")).to_have_text("电话")
    await tab.wait_for_load_state()
    await no_faults(tab)
    assert await tab.evaluate(SMALL) == []
    await tab.keyboard.press("a")
    await expect(tab.get_by_role("status").first).to_contain_text("已公开")
    assert shown == [1]
    await tab.goto(f"{LIST}/words")
    await no_faults(tab)
    assert await tab.evaluate(SMALL) == []
