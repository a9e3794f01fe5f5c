"""Learns when the knowledge engine answers: `python -m bench.knowledge_decision [--write]`.

Examples are made of the shipped entries alone. Five times a fifth of the entries, of the wordings
and of the questions about other matters is taken out of the base and then asked: the wording of an
entry that is still there has that entry as the right one, all others have none. The same with
entries without any wordings, as staff may write them, with long documents made of a dozen entries
each, and with bases of 1 to 20 entries. Prints
the shares that each part of them is answered rightly and wrongly when the weights come from the
other fifths; `--write` puts weights fitted on all of it into `knowledge/data/decision.yaml`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from string import digits

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.decision import NAMES, Signs, as_row, shipped_decision
from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase
from knowledge.entries import read_entries
from knowledge.language import DATA, Language, shipped_language
from knowledge.query import understand

FOLDS = 5
WEIGHTS = {"own": 1.0, "bare": 0.4, "books": 0.4, "small": 0.4}
_BOOK = 12  # entries in a long document
_OTHERS, _GONE = 2.5, 0.25  # questions on other matters; wordings of entries that are not there
_SMALL, _FEW = (1, 2, 5, 20), 30  # entries in a base, questions to it
_PENALTY = 1e-4
_HEADER = "# By `python -m bench.knowledge_decision --write`; decision.py tells the signs.\n"


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the signs of what was found; `right` is a place among them, or None."""

    kind: str
    fold: int
    signs: tuple[Signs, ...]
    right: int | None
    weight: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the id of the entry it is about, or none."""

    text: str
    entry: str | None


def examples(entries: Sequence[Document], language: Language) -> Iterator[Example]:
    """All examples; everything random is drawn from one seed."""
    draw = random.Random(11)
    for fold in range(FOLDS):
        gone = {entry.id for place, entry in enumerate(entries) if place % FOLDS == fold}
        asked, known = _parted(
            [(entry.id, text) for entry in entries for text in entry.asked], fold
        )
        others, learned = _parted([("", text) for text in language.elsewhere], fold)
        said = replace(language, elsewhere=tuple(text for _, text in learned))
        kept = [_with(entry, known) for entry in entries if entry.id not in gone]
        questions = [Asked(text, entry) for entry, text in asked]
        lost = [Asked(text, entry) for entry, text in known if entry in gone]
        questions += draw.sample(lost, len(lost) // 2)
        questions += [Asked(text, None) for _, text in others]
        yield from _of("own", fold, kept, said, questions)
        half = draw.sample(questions, len(questions) // 2)
        yield from _of("bare", fold, [replace(one, asked=()) for one in kept], said, half)
        yield from _of("books", fold, _books(draw.sample(kept, len(kept))), said, half)
        for size in _SMALL:
            few = draw.sample(kept, size)
            own = [one for one in questions if one.entry in {entry.id for entry in few}]
            few = [replace(one, asked=one.asked * draw.choice((0, 1))) for one in few]
            mixed = own[:_FEW] + draw.sample(questions, _FEW)
            yield from _of(f"small{size}", fold, few, said, mixed)


def _parted(
    pairs: Sequence[tuple[str, str]], fold: int
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Every fifth pair, and the others."""
    out = [pair for place, pair in enumerate(pairs) if place % FOLDS == fold]
    return out, [pair for place, pair in enumerate(pairs) if place % FOLDS != fold]


def _with(entry: Document, known: Iterable[tuple[str, str]]) -> Document:
    return replace(entry, asked=tuple(text for name, text in known if name == entry.id))


def _books(entries: Sequence[Document]) -> list[Document]:
    """Long documents without wordings: the passages of a dozen entries each, under their titles."""
    return [
        Document(
            f"book{start}",
            f"便民服务指南第{start // _BOOK + 1}册",
            tuple(
                Passage(part.text, (entry.title, *part.path))
                for entry in entries[start : start + _BOOK]
                for part in entry.passages
            ),
        )
        for start in range(0, len(entries), _BOOK)
    ]


def _of(
    kind: str,
    fold: int,
    documents: Sequence[Document],
    language: Language,
    questions: Sequence[Asked],
) -> Iterator[Example]:
    base = KnowledgeBase.build(documents, language=language)
    served = np.ones(len(base.documents), dtype=np.bool_)
    titles = {entry.title: entry.id for entry in read_entries()}
    has = [titles.get(part.path[0], one.id) for one in base.documents for part in one.passages]
    for asked in questions:
        found = base.finder.weighed(understand(asked.text, language), served)
        if found:
            names = [has[passage] for _, passage, _ in found]
            right = names.index(asked.entry) if asked.entry in names else None
            part = "right" if asked.entry in has else "other" if asked.entry is None else "gone"
            signs = tuple(one for _, _, one in found)
            yield Example(f"{kind} {part}", fold, signs, right, _weight(kind, part))


def _weight(kind: str, part: str) -> float:
    """A document that keeps wordings should be silent about what none of them is about."""
    by_part = {"gone": _GONE, "other": _OTHERS if kind == "own" else 1.0}
    return WEIGHTS[kind.rstrip(digits)] * by_part.get(part, 1.0)


@dataclass(frozen=True, slots=True)
class Arrays:
    """Examples of equal width: signs (n, d, s), `open` 0 or minus infinity (n, d), the right place
    (d where none is) and weights.
    """

    signs: NDArray[np.float64]
    open: NDArray[np.float64]
    right: NDArray[np.int64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, found: Sequence[Example]) -> Arrays:
        width = max(len(one.signs) for one in found)
        signs = np.zeros((len(found), width, len(NAMES)))
        unused = np.full((len(found), width), -np.inf)
        for row, one in enumerate(found):
            signs[row, : len(one.signs)] = [as_row(each) for each in one.signs]
            unused[row, : len(one.signs)] = 0
        right = np.array([width if one.right is None else one.right for one in found])
        return cls(signs, unused, right, np.array([one.weight for one in found]))

    def some(self, chosen: NDArray[np.bool_]) -> Arrays:
        return Arrays(
            self.signs[chosen], self.open[chosen], self.right[chosen], self.weights[chosen]
        )

    def chances(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each document and, last, of none; `values` are the signs' weights, then none's."""
        none = np.full((len(self.right), 1), values[-1])
        weighed = np.hstack([self.signs @ values[:-1] + self.open, none])
        shares = np.exp(weighed - weighed.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def loss(self, values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Weighted log loss with a small penalty, and its gradient."""
        chances, rows = self.chances(values), np.arange(len(self.right))
        share = self.weights / self.weights.sum()
        slope = chances * share[:, None]
        slope[rows, self.right] -= share
        of_signs = np.einsum("nd,nds->s", slope[:, :-1], self.signs)
        loss = -float(share @ np.log(chances[rows, self.right] + 1e-12))
        gradient = np.append(of_signs, slope[:, -1].sum()) + _PENALTY * values
        return loss + _PENALTY / 2 * float(values @ values), gradient


def fit(data: Arrays) -> NDArray[np.float64]:
    """The weights of the signs and of none."""
    start = np.zeros(len(NAMES) + 1)
    return np.asarray(minimize(data.loss, start, jac=True, method="L-BFGS-B").x)


def held_out(data: Arrays, folds: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chances of each example by weights from the other folds."""
    chances = np.zeros((len(folds), data.signs.shape[1] + 1))
    for fold in range(FOLDS):
        chances[folds == fold] = data.some(folds == fold).chances(fit(data.some(folds != fold)))
    return chances


def report(found: Sequence[Example], data: Arrays, chances: NDArray[np.float64]) -> Iterator[str]:
    """A line for each kind of example."""
    kinds, answer = np.array([one.kind for one in found]), shipped_decision().answer
    best, chance = chances[:, :-1].argmax(axis=1), chances[:, :-1].max(axis=1)
    right = (best == data.right) & (chance >= answer)
    wrong = (best != data.right) & (chance >= answer)
    for kind in sorted(set(kinds)):
        its = kinds == kind
        shares = f"right {right[its].mean():.3f} wrong {wrong[its].mean():.3f}"
        yield f"{kind:14} n {its.sum():5} {shares}"
    yield f"calibration error {_calibration(chance, best == data.right):.3f}"


def _calibration(chance: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error of the best document's chance over ten equal steps."""
    step = np.minimum((chance * 10).astype(int), 9)
    gaps = [abs(chance[step == n].sum() - right[step == n].sum()) for n in range(10)]
    return float(sum(gaps) / len(chance))


def written(values: NDArray[np.float64]) -> str:
    """The file of the decision with new weights; its thresholds stay."""
    old = shipped_decision()
    weights = {name: round(float(value), 2) for name, value in zip(NAMES, values, strict=False)}
    data = {"answer": old.answer, "offer": old.offer, "none": round(float(values[-1]), 2)}
    return _HEADER + yaml.safe_dump(data | {"weights": weights}, sort_keys=False)


def main() -> None:
    """Measure, and write if asked to."""
    found = list(examples(read_entries(), shipped_language()))
    data, folds = Arrays.of(found), np.array([one.fold for one in found])
    print("\n".join(report(found, data, held_out(data, folds))))
    text = written(fit(data))
    print(text)
    if "--write" in sys.argv[1:]:
        (DATA / "decision.yaml").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
