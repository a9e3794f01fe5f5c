"""The page of the model: what is in use, what was taught since, and the way back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from intents import Example, TrainingReport, model_file
from intents.comparison import Comparison
from intents.retraining import Retrained
from intents.store import activate, current_version
from jobs.training import Trainer
from services import corrections
from services.intent_names import INTENT_NAMES
from storage.engine import Database
from storage.messages import InboundMessage
from tests.console.seed import NOW, Seeded
from tests.console.world import Console, open_console

PAGE = "/console/model"
BACK = f"{PAGE}/back"
TRAIN = f"{PAGE}/train"


def keep(folder: Path, *names: str, use: str) -> None:
    """Models as far as the manifest: one a day, the last trained an hour ago."""
    for age, name in enumerate(reversed(names)):
        manifest = folder / model_file.MODELS / name / model_file.MANIFEST
        manifest.parent.mkdir(parents=True)
        manifest.write_text(f'{{"version": {model_file.VERSION}, "files": {{}}, "examples": ""}}')
        moment = (NOW - timedelta(hours=1, days=age)).timestamp()
        os.utime(manifest, (moment, moment))
    activate(folder, use)


@pytest.fixture
def folder(console: Console) -> Path:
    """Where the console of the test looks for models; two are there, the second in use."""
    found = console.media_dir.parent / "model"
    keep(found, "00001", "00002", use="00002")
    return found


def teach(console: Console, **ago: float) -> None:
    def work(session: Session) -> None:
        message = session.get_one(InboundMessage, console.seeded.message)
        staff, moment = console.staff(session, "worker"), console.clock() - timedelta(**ago)
        label = "aid" if message.intent != "aid" else "policy_question"
        corrections.correct_intent(session, staff, message, label, INTENT_NAMES, moment)

    console.write(work)


async def test_the_page_says_what_is_in_use_and_what_was_taught_since(
    console: Console, folder: Path
) -> None:
    teach(console, hours=2)
    page = (await console.visitor("admin").get(PAGE)).text
    assert "2026-03-05 16:30" in page
    assert "<b>0</b> 条纠正" in page
    assert "共 1 条" in page
    teach(console, minutes=1)
    page = (await console.visitor("admin").get(PAGE)).text
    assert "<b>1</b> 条纠正" in page
    assert "老年证怎么办" in page
    assert "政策咨询" in page
    assert "开始训练" in page
    assert folder.is_dir()


async def test_stepping_back_takes_a_reason_and_is_audited(console: Console, folder: Path) -> None:
    visitor = console.visitor("admin")
    without = await visitor.post(BACK, {"seen": "00002", "reason": " "})
    assert (without.status, "请写明为什么要退回" in without.text) == (422, True)
    assert current_version(folder) == "00002"
    answer = await visitor.post(BACK, {"seen": "00002", "reason": "报修都当成咨询"})
    assert answer.location == f"{PAGE}?done=stepped-back"
    assert current_version(folder) == "00001"
    entry = console.audited("model.step_back")[0]
    assert (entry.before, entry.after) == ({"model": "00002"}, {"model": "00001"})
    assert entry.reason == "报修都当成咨询"
    assert "退回模型" in (await visitor.get("/console/audit")).text


async def test_two_who_step_back_at_once_go_one_step(console: Console, folder: Path) -> None:
    """The second is shown what has happened instead."""
    form, visitor = {"seen": "00002", "reason": "变差了"}, console.visitor("admin")
    assert (await visitor.post(BACK, form)).status == 303
    assert (await visitor.post(BACK, form)).status == 409
    assert current_version(folder) == "00001"


async def test_before_the_first_model_there_is_no_way_back(console: Console, folder: Path) -> None:
    activate(folder, "00001")
    answer = await console.visitor("admin").post(BACK, {"seen": "00001", "reason": "变差了"})
    assert (answer.status, "没有更早的可用模型" in answer.text) == (422, True)
    assert console.audited("model.step_back") == []


async def test_a_model_whose_training_was_cut_short_is_named_so(
    console: Console, folder: Path
) -> None:
    (folder / model_file.MODELS / "00003").mkdir()
    assert "不完整" in (await console.visitor("admin").get(PAGE)).text


async def test_only_who_answers_for_every_community_steps_back(
    console: Console, folder: Path
) -> None:
    """They all share the model; the corrections shown are those of the own scope."""
    teach(console)
    visitor = console.visitor("otheradmin")
    page = (await visitor.get(PAGE)).text
    assert "要由负责全部社区的管理员来退" in page
    assert "老年证怎么办" not in page
    answer = await visitor.post(BACK, {"seen": "00002", "reason": "变差了"})
    assert answer.status == 403
    assert current_version(folder) == "00002"


@pytest.mark.parametrize("login", ["worker", "reviewer", "supervisor", "grid1"])
async def test_nobody_else_sees_it(console: Console, login: str) -> None:
    visitor = console.visitor(login)
    assert (await visitor.get(PAGE)).status == 403
    assert PAGE not in (await visitor.get("/console/")).text


async def test_without_any_model_the_page_says_so(
    console_database: Database, template: tuple[Path, Seeded], tmp_path: Path
) -> None:
    async with open_console(console_database, template[1], tmp_path, model_dir=None) as console:
        visitor = console.visitor("admin")
        assert "还没有训练过模型" in (await visitor.get(PAGE)).text
        assert (await visitor.post(BACK, {"reason": "x"})).status == 404


def outcome(fallen: float) -> Retrained:
    report = TrainingReport(1, {}, 0.9, 1.0, 1.0, 1)
    compared = Comparison((0.9, 0.9), {"aid": (0.9, 0.9 - fallen)}, margin=0.02)
    return Retrained("00003", report, "00002", compared)


async def test_a_click_trains_in_the_background_and_shows_the_figures(
    console: Console, folder: Path
) -> None:
    """With what staff taught; a second click while it goes on is told so."""
    teach(console, hours=2)
    given: list[Sequence[Example]] = []

    def train(_: Path, learned: Sequence[Example], __: Sequence[Example]) -> Retrained:
        given.append(learned)
        return outcome(fallen=0.0)

    trainer = Trainer(folder, console.database, console.clock, train)
    visitor = console.visitor("admin")
    assert await trainer.run() == 0
    assert (await visitor.post(TRAIN, {})).location == f"{PAGE}?done=training"
    page = (await visitor.get(PAGE)).text
    assert "正在排队" in page
    assert "开始训练" not in page
    assert (await visitor.post(TRAIN, {})).status == 409
    assert await trainer.run() == 1
    assert [example.text for example in given[0]] == ["老年证怎么办"]
    page = (await visitor.get(PAGE)).text
    assert "已换成" in page
    assert "90.0" in page
    assert "开始训练" in page
    assert len(console.audited("model.train")) == 1


async def test_a_worse_model_does_not_take_over_and_a_failure_is_told(
    console: Console, folder: Path
) -> None:
    visitor = console.visitor("admin")
    await visitor.post(TRAIN, {})
    worse = Trainer(folder, console.database, console.clock, lambda *_: outcome(fallen=0.3))
    await worse.run()
    assert "没有换" in (await visitor.get(PAGE)).text

    def broken(*_: object) -> Retrained:
        raise ValueError("no examples")

    await visitor.post(TRAIN, {})
    await Trainer(folder, console.database, console.clock, broken).run()
    assert "没有做成" in (await visitor.get(PAGE)).text


async def test_only_who_answers_for_every_community_trains(console: Console, folder: Path) -> None:
    visitor = console.visitor("otheradmin")
    assert "要由负责全部社区的管理员来训练" in (await visitor.get(PAGE)).text
    assert (await visitor.post(TRAIN, {})).status == 403
    assert not (folder / "training.json").exists()
