"""A trained model on disk: arrays without pickle, the rest as JSON, and a manifest over it all.

Nothing is opened before its digest is compared with the manifest, and a model written by another
version of this code is refused, so a half-written or foreign file never answers a resident.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from intents.linear import LinearModel, Vocabulary
from intents.thresholds import Thresholds

VERSION = 5
MANIFEST = "manifest.json"
CURRENT = "current"
MODELS = "models"


class ModelError(Exception):
    """The model on disk is missing, damaged or of another version."""


@dataclass(frozen=True)
class Stored:
    """What a model directory holds. `examples` is the digest of what it was trained from."""

    intents: LinearModel
    categories: LinearModel
    groups: Mapping[str, str]
    words: Mapping[str, int]
    syllables: Mapping[str, str]
    concepts: Mapping[str, str]
    thresholds: Thresholds
    examples: str


def save(stored: Stored, directory: Path) -> None:
    """Writes `stored` into `directory`; the manifest comes last."""
    directory.mkdir(parents=True, exist_ok=True)
    _save_linear(stored.intents, directory / "intents")
    _save_linear(stored.categories, directory / "categories")
    rest = {
        "groups": dict(stored.groups),
        "thresholds": asdict(stored.thresholds),
        "words": list(stored.words),
        "frequencies": list(stored.words.values()),
        "syllables": stored.syllables,
        "concepts": stored.concepts,
    }
    _write_json(directory / "language.json", rest)
    files = {path.name: _digest(path) for path in sorted(directory.iterdir()) if _part(path)}
    manifest = {"version": VERSION, "examples": stored.examples, "files": files}
    _write_json(directory / MANIFEST, manifest)


def load(directory: Path) -> Stored:
    """The model in `directory`; ModelError when it is missing, damaged or of another version."""
    manifest = verified(directory)
    rest = json.loads((directory / "language.json").read_text(encoding="utf-8"))
    return Stored(
        intents=_load_linear(directory / "intents"),
        categories=_load_linear(directory / "categories"),
        groups=rest["groups"],
        words=dict(zip(rest["words"], rest["frequencies"], strict=True)),
        syllables=rest["syllables"],
        concepts=rest["concepts"],
        thresholds=Thresholds(**rest["thresholds"]),
        examples=str(manifest["examples"]),
    )


def in_use(directory: Path) -> Path:
    """The model directory that `directory/current` names, or `directory` itself."""
    pointer = directory / CURRENT
    if not pointer.is_file():
        return directory
    return directory / MODELS / Path(pointer.read_text(encoding="ascii").strip()).name


def verified(directory: Path) -> Mapping[str, object]:
    """The manifest of `directory`, after version and every digest were compared."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"no readable model in {directory}") from error
    if manifest.get("version") != VERSION:
        raise ModelError(f"model of version {manifest.get('version')}, this code reads {VERSION}")
    for name, digest in manifest["files"].items():
        path = directory / Path(name).name
        if not path.is_file() or _digest(path) != digest:
            raise ModelError(f"{name} is missing or not what was trained")
    return dict(manifest)


def _part(path: Path) -> bool:
    return path.is_file() and path.name != MANIFEST


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _save_linear(model: LinearModel, stem: Path) -> None:
    vocabulary = model.vocabulary
    np.savez(
        stem.with_suffix(".npz"),
        # half the size, and the ranking does not notice
        weights=model.weights.astype(np.float16),
        meant=model.meant.astype(np.float16),
        bias=model.bias,
        idf=vocabulary.idf,
    )
    about = {
        "labels": model.labels,
        "temperature": model.temperature,
        "view_weights": vocabulary.weights,
        "features": [list(view) for view in vocabulary.features],
    }
    _write_json(stem.with_suffix(".json"), about)


def _load_linear(stem: Path) -> LinearModel:
    about = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    features: list[dict[str, int]] = []
    first = 0
    for names in about["features"]:
        features.append({name: first + i for i, name in enumerate(names)})
        first += len(names)
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as arrays:
        vocabulary = Vocabulary(tuple(features), arrays["idf"], tuple(about["view_weights"]))
        weights, meant = (arrays[name].astype(np.float32) for name in ("weights", "meant"))
        bias = arrays["bias"]
    labels, temperature = tuple(about["labels"]), about["temperature"]
    return LinearModel(labels, vocabulary, weights, meant, bias, temperature)
