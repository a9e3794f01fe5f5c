"""The models that are kept: which go, and a step back that lasts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from intents import model_file, store
from intents.store import KEPT, activate, current_version, ensure_model, prune, step_back, versions
from tests.conftest import MODEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two models: one of older examples, and the one of the shipped examples, in use."""
    ensure_model(MODEL)
    shipped = MODEL / model_file.MODELS / (current_version(MODEL) or "")
    for name in ("00001", "00002"):
        shutil.copytree(shipped, tmp_path / model_file.MODELS / name)
    manifest = tmp_path / model_file.MODELS / "00001" / model_file.MANIFEST
    about = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(about | {"examples": "older"}), encoding="utf-8")
    activate(tmp_path, "00002")
    return tmp_path


def test_a_restart_does_not_undo_a_step_back(folder: Path) -> None:
    """Though the shipped examples are newer than the model that was stepped back to."""
    assert step_back(folder) == "00001"
    ensure_model(folder)
    assert current_version(folder) == "00001"


def test_examples_that_changed_after_the_step_back_are_learnt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(directory: Path, _: object) -> tuple[str, None]:
        shutil.copytree(directory / "models" / "00002", directory / "models" / "00003")
        return "00003", None

    step_back(folder)
    monkeypatch.setattr(store, "train_version", trained)
    monkeypatch.setattr(store, "digest", lambda: "newer")
    ensure_model(folder)
    assert current_version(folder) == "00003"


def test_old_models_go_but_never_the_one_in_use(folder: Path) -> None:
    activate(folder, "00001")
    for number in range(3, 10):
        (folder / model_file.MODELS / f"{number:05d}").mkdir()
    prune(folder)
    assert versions(folder) == ["00001", *(f"{n:05d}" for n in range(10 - KEPT, 10))]
