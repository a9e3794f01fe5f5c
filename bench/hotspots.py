"""Hot topics and duplicate suggestion on the third-party file. `python -m bench.hotspots`.

Topics: seconds for the file, and pairwise precision and recall of the two labelled topics.

Suggestion: 20 matters by keyword rule (tests/hotspots/labelled.py). Of half of the matters three
messages each are open among 2 000 cases, of the other half none. Every further message is a
new report: of an open matter it should be shown one of the three (recall@3), of the others
nothing, least of all another matter at the same place (false-suggestion rate). Then the halves
change places. The threshold is chosen on half of the matters and reported on the rest.
`unlabelled_shown` is the share of messages outside all matters that are shown something: true
duplicates among them count too.
Prints one JSON object.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commands.hotspots import read_messages
from hotspots.places import PlaceNames
from hotspots.records import Message, OpenCase
from hotspots.similar import THRESHOLD, suggest
from hotspots.terms import terms_of
from hotspots.topics import hot_topics
from tests.hotspots.labelled import MATTERS, MIXER, PARKING, members, pairwise

DATA = Path(__file__).resolve().parent.parent.parent / "shared/data/messages/hot.csv"
OPEN, SHOWN, UNLABELLED = 2000, 3, 300
STEPS = (0.16, 0.18, 0.20, 0.22, 0.23, 0.24, 0.26, 0.28, 0.32)


@dataclass(frozen=True)
class Asked:
    """A report, the ids that would be right to suggest, and what each threshold lets through."""

    matter: str
    right: frozenset[str]
    shown: Mapping[float, Sequence[str]]
    milliseconds: float


def asked(
    messages: Sequence[Message],
    truth: dict[str, set[str]],
    *,
    place_known: bool,
    thresholds: Sequence[float] = STEPS,
    seed: int = 3,
) -> Iterator[Asked]:
    """Every labelled message that is not itself open, with each half of the matters open."""
    place = places(messages) if place_known else dict.fromkeys((m.id for m in messages), "")
    text = {m.id: f"{m.title}。{m.text}" for m in messages}
    labelled = {id_ for ids in truth.values() for id_ in ids}
    draw = random.Random(seed)
    others = draw.sample(sorted(set(text) - labelled), OPEN - SHOWN * len(truth) // 2)
    for half in (0, 1):
        here = {m: draw.sample(sorted(truth[m]), SHOWN) for m in list(truth)[half::2]}
        ids = [*others, *(id_ for chosen in here.values() for id_ in chosen)]
        cases = {id_: OpenCase(id_, text[id_], place[id_]) for id_ in ids}
        for matter, known in truth.items():
            right = frozenset(here.get(matter, ()))
            for id_ in sorted(known - right):
                started = time.perf_counter()
                words, where = text[id_], place[id_]
                found = suggest(words, where, list(cases.values()), SHOWN, min(thresholds))
                spent = (time.perf_counter() - started) * 1000
                best = [cases[s.id] for s in found]
                shown = {
                    step: [s.id for s in suggest(words, where, best, SHOWN, step)]
                    for step in thresholds
                }
                yield Asked(matter, right, shown, spent)


def places(messages: Sequence[Message]) -> dict[str, str]:
    """The first place that each message names; empty where it names none."""
    words = {m.id: terms_of(m.text, m.title).sequence for m in messages}
    names = PlaceNames.learn(list(words.values()))
    return {id_: next(iter(names.find(said)), "") for id_, said in words.items()}


def rates(reports: Sequence[Asked], threshold: float) -> dict[str, float]:
    """Recall@3 by report and by matter, false suggestions where nothing is open, rightly shown."""
    open_, none = [r for r in reports if r.right], [r for r in reports if not r.right]
    hit = [(r.matter, bool(r.right & set(r.shown[threshold]))) for r in open_]
    matters = sorted({matter for matter, _ in hit})
    each = [statistics.mean(right for m, right in hit if m == matter) for matter in matters]
    shown = [id_ in r.right for r in open_ for id_ in r.shown[threshold]]
    return {
        "reports": len(reports),
        "recall@3": round(statistics.mean(right for _, right in hit), 3),
        "recall@3_mean_of_matters": round(statistics.mean(each), 3),
        "false_rate": round(statistics.mean(bool(r.shown[threshold]) for r in none), 3),
        "shown_that_are_right": round(statistics.mean(shown), 3),
    }


def chosen(reports: Sequence[Asked]) -> float:
    """The threshold with the best recall by matter less the rate of false suggestions."""

    def worth(threshold: float) -> float:
        measured = rates(reports, threshold)
        return measured["recall@3_mean_of_matters"] - measured["false_rate"]

    return max(STEPS, key=worth)


def suggestion(messages: Sequence[Message], *, place_known: bool) -> dict[str, object]:
    reports = list(asked(messages, members(messages), place_known=place_known))
    tuning = set(list(MATTERS)[2::4] + list(MATTERS)[3::4])
    first = [r for r in reports if r.matter in tuning]
    second = [r for r in reports if r.matter not in tuning]
    return {
        "chosen": (best := chosen(first)),
        "chosen_half": rates(first, best),
        "other_half": rates(second, best),
        "shipped": {"threshold": THRESHOLD, **rates(second, THRESHOLD)},
        "unlabelled_shown": unlabelled(messages, place_known=place_known),
        "median_ms": round(statistics.median(r.milliseconds for r in reports), 1),
    }


def unlabelled(messages: Sequence[Message], *, place_known: bool, seed: int = 4) -> float:
    """Share of messages outside all matters that are shown any of 2 000 cases."""
    labelled = {id_ for ids in members(messages).values() for id_ in ids}
    place = places(messages) if place_known else {}
    cases = [
        OpenCase(m.id, f"{m.title}。{m.text}", place.get(m.id, ""))
        for m in messages
        if m.id not in labelled
    ]
    random.Random(seed).shuffle(cases)
    there, reports = cases[:OPEN], cases[OPEN : OPEN + UNLABELLED]
    return round(statistics.mean(bool(suggest(r.text, r.place, there)) for r in reports), 3)


def topics(messages: Sequence[Message]) -> dict[str, object]:
    started = time.perf_counter()
    found = hot_topics(messages)
    seconds = time.perf_counter() - started
    truth = members(messages)
    measured: dict[str, object] = {"seconds": round(seconds, 1), "topics": len(found)}
    for matter in (MIXER, PARKING):
        best = max(found, key=lambda topic: len(truth[matter] & set(topic.ids)))
        precision, recall = pairwise(best.ids, truth[matter])
        measured[matter] = [best.rank, best.size, round(precision, 3), round(recall, 3)]
    return measured


def main() -> int:
    """Measure, print."""
    if not DATA.exists():
        print(f"{DATA.name} is not beside the project", file=sys.stderr)
        return 1
    messages = read_messages(DATA)
    figures = {
        "topics": topics(messages),
        "place_known": suggestion(messages, place_known=True),
        "place_unknown": suggestion(messages, place_known=False),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
