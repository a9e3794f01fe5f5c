"""Training asked for in the console: what was asked, and what came of it.

One file beside the models, `training.json`, says where it stands; it is about the machine's models
and goes where they go. A job does the work (jobs/training.py).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from intents.retraining import Retrained
from services import audit
from services.access import Forbidden, Permission, require
from services.model_keeping import may_step_back
from storage.staff import Staff

ASKED, RUNNING, SWITCHED, KEPT, FAILED = "asked", "running", "switched", "kept", "failed"
PATIENCE = timedelta(minutes=15)
_FILE = "training.json"


class AlreadyTraining(Exception):
    """A training was asked for before and has not ended."""


@dataclass(frozen=True, slots=True)
class Training:
    """The last training that was asked for.

    `figures` are label, F1 of the model that ran and F1 of the new one, `macro` at the end; empty
    where there was nothing to compare with. `moment` is when it was asked or ended, ISO 8601.
    """

    state: str
    by: str
    moment: str
    version: str = ""
    figures: tuple[tuple[str, float, float], ...] = ()

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.moment)

    @property
    def open(self) -> bool:
        return self.state in {ASKED, RUNNING}


def latest(directory: Path, now: datetime) -> Training | None:
    """The last training; one that has not ended in time counts as failed."""
    path = directory / _FILE
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    found = Training(**kept | {"figures": tuple(tuple(row) for row in kept["figures"])})
    return replace(found, state=FAILED) if found.open and now > found.at + PATIENCE else found


def ask(session: Session, staff: Staff, directory: Path, now: datetime) -> None:
    """Asks the jobs to train. Raises Forbidden, AlreadyTraining."""
    require(staff, Permission.KEEP_MODEL)
    if not may_step_back(session, staff):
        raise Forbidden("模型由所有社区共用，要由负责全部社区的管理员来训练")
    before = latest(directory, now)
    if before is not None and before.open:
        raise AlreadyTraining
    audit.record(session, now, staff, "model.train")
    _write(directory, Training(ASKED, staff.name, now.isoformat()))


def take(directory: Path, now: datetime) -> Training | None:
    """The training that waits, marked as running; None where none does."""
    found = latest(directory, now)
    if found is None or found.state != ASKED:
        return None
    running = replace(found, state=RUNNING, moment=now.isoformat())
    _write(directory, running)
    return running


def finish(directory: Path, training: Training, result: Retrained | None, now: datetime) -> None:
    """Notes what came of `training`; None where it failed."""
    if result is None:
        _write(directory, replace(training, state=FAILED, moment=now.isoformat()))
        return
    state = SWITCHED if result.switched else KEPT
    ended = replace(training, state=state, moment=now.isoformat(), version=result.version)
    _write(directory, replace(ended, figures=_figures(result)))


def _figures(result: Retrained) -> tuple[tuple[str, float, float], ...]:
    found = result.comparison
    if found is None:
        return ()
    rows = tuple((label, old, new) for label, (old, new) in found.labels.items())
    return (*rows, ("macro", *found.macro))


def _write(directory: Path, training: Training) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    fresh = directory / f"{_FILE}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(training), ensure_ascii=False), encoding="utf-8")
    fresh.replace(directory / _FILE)
