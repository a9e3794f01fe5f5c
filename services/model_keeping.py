"""The trained models as administrators look after them: which is in use, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from intents.model_file import MANIFEST, MODELS, ModelError
from intents.store import current_version, step_back, versions
from services import audit
from services.access import Forbidden, Permission, covers, require
from storage.communities import Place
from storage.staff import Staff


class CannotStepBack(Exception):
    """The step back cannot be made; the message says why."""


class ModelMovedOn(Exception):
    """Another model is in use than the one that was looked at."""


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that was trained; `whole` is false where its training was cut short."""

    version: str
    trained_at: datetime
    in_use: bool
    whole: bool


def kept(directory: Path) -> list[KeptModel]:
    """Every model under `directory`, the newest first."""
    current = current_version(directory)
    return [_model(directory / MODELS / name, current) for name in reversed(versions(directory))]


def _model(folder: Path, current: str | None) -> KeptModel:
    manifest = folder / MANIFEST
    whole = manifest.is_file()
    moment = (manifest if whole else folder).stat().st_mtime
    trained_at = datetime.fromtimestamp(moment, UTC)
    return KeptModel(folder.name, trained_at, folder.name == current, whole)


def may_step_back(session: Session, staff: Staff) -> bool:
    """Whether `staff` answer for every community: they all share the model."""
    paths = session.scalars(select(Place.path).where(Place.kind == "community"))
    return all(covers(staff, path) for path in paths)


def go_back(
    session: Session, staff: Staff, directory: Path, seen: str, reason: str, now: datetime
) -> str:
    """Puts the model before the one in use to work again and returns its name.

    `seen` is the model that the administrator saw in use. Running processes take the other up
    within seconds. Raises Forbidden, ModelMovedOn, CannotStepBack.
    """
    require(staff, Permission.KEEP_MODEL)
    if not may_step_back(session, staff):
        raise Forbidden("模型由所有社区共用，要由负责全部社区的管理员来退")
    if not reason:
        raise CannotStepBack("请写明为什么要退回")
    if current_version(directory) != seen:
        raise ModelMovedOn("在用的模型刚刚换过了")
    try:
        earlier = step_back(directory)
    except ModelError as error:
        raise CannotStepBack("没有更早的可用模型，退不回去") from error
    audit.record(
        session,
        now,
        staff,
        "model.step_back",
        before={"model": seen},
        after={"model": earlier},
        reason=reason,
    )
    return earlier
