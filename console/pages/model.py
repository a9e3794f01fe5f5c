"""The page of the model: which one is in use, what was taught since, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import stale
from console.forms import Entered, read_form
from console.rendering import render
from console.visits import Visit, or_404, visit_of
from services import corrections, model_keeping, model_training
from storage.learning import Correction

ADDRESS = "/console/model"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class ModelPage:
    """The models, and the corrections in the scope of who reads; `since` counts those that the
    model in use has not learnt from; `training` is the last one asked for here.
    """

    models: list[model_keeping.KeptModel]
    current: model_keeping.KeptModel | None
    since: int
    total: int
    latest: list[tuple[Correction, str]]
    may_step_back: bool
    training: model_training.Training | None


async def show(request: web.Request) -> web.Response:
    """The page as it stands."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    found = await visit.read(lambda session: _load(session, visit))
    context = {"page": found, "entered": entered, "base": ADDRESS, "shown": SHOWN}
    return render(request, "model.html", context, status=status)


def _load(session: Session, visit: Visit) -> ModelPage:
    staff, folder = visit.staff, visit.deps.model_dir
    models = model_keeping.kept(folder) if folder else []
    current = next((one for one in models if one.in_use), None)
    return ModelPage(
        models=models,
        current=current,
        since=corrections.count(session, staff, current.trained_at) if current else 0,
        total=corrections.count(session, staff),
        latest=corrections.latest(session, staff, limit=SHOWN),
        may_step_back=model_keeping.may_step_back(session, staff),
        training=model_training.latest(folder, visit.now) if folder else None,
    )


async def train(request: web.Request) -> web.Response:
    """Has a new model trained in the background; it takes over only when no label falls."""
    visit = visit_of(request)
    folder = or_404(visit.deps.model_dir)
    try:
        await visit.write(
            lambda session: model_training.ask(session, visit.staff, folder, visit.now)
        )
    except model_training.AlreadyTraining:
        return stale(request, "已经有人点了训练，还没做完", ADDRESS)
    visit.deps.notify_outbox()
    return see(ADDRESS, "training")


async def step_back(request: web.Request) -> web.Response:
    """Puts the model before the one in use to work again."""
    visit, form = visit_of(request), await read_form(request)
    folder, reason = or_404(visit.deps.model_dir), form.get("reason", "").strip()
    try:
        await visit.write(
            lambda session: model_keeping.go_back(
                session, visit.staff, folder, form.get("seen", ""), reason, visit.now
            )
        )
    except model_keeping.ModelMovedOn as error:
        return stale(request, str(error), ADDRESS)
    except model_keeping.CannotStepBack as error:
        return await _page(request, Entered("back", form, {"reason": str(error)}), 422)
    return see(ADDRESS, "stepped-back")
