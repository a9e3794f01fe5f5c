"""How the index grows: built from many passages, then asked. `python -m bench.knowledge [N]`.

The passages are made of sentences of the shipped entries in a fixed random order, with place
names and numbers drawn anew, so that vocabulary and posting lists grow as in a district's library.
Prints one JSON object: seconds to build, median and 95th percentile in milliseconds to rank and
to ask, bytes of the index, peak memory of the process.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date

from knowledge.documents import Document, Passage
from knowledge.engine import KnowledgeBase
from knowledge.entries import read_entries
from knowledge.text import sentences

PER_DOCUMENT = 20
_PLACES = "东西南北中安宁和平长新永福德光明湖山江河"
_DAY = date(2025, 11, 1)


def corpus(count: int, seed: int = 7) -> list[Document]:
    """`count` passages of about 150 characters in documents of 20."""
    draw = random.Random(seed)
    pool = [s for entry in read_entries() for p in entry.passages for s in sentences(p.text)]
    passages = [Passage(_passage(pool, draw)) for _ in range(count)]
    return [
        Document(
            f"d{start}", f"{_place(draw)}文件{start}", tuple(passages[start : start + PER_DOCUMENT])
        )
        for start in range(0, count, PER_DOCUMENT)
    ]


def _place(draw: random.Random) -> str:
    return "".join(draw.choices(_PLACES, k=3)) + draw.choice("市区县镇")


def _passage(pool: list[str], draw: random.Random) -> str:
    said = "".join(draw.choices(pool, k=draw.randint(6, 12)))
    return f"{_place(draw)}{draw.randint(1, 9999)}：{said}"


def timed(work: Callable[[str], object], questions: list[str]) -> dict[str, float]:
    """Median and 95th percentile of `work` over the questions, in milliseconds."""
    times = []
    for question in questions:
        started = time.perf_counter()
        work(question)
        times.append((time.perf_counter() - started) * 1000)
    return {
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
    }


def main() -> None:
    """Build, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    documents = corpus(count)
    questions = [f"{entry.aliases[0]}要带什么材料" for entry in read_entries()]
    started = time.perf_counter()
    base = KnowledgeBase.build(documents)
    built = time.perf_counter() - started
    characters = sum(len(p.text) for document in documents for p in document.passages)
    print(
        json.dumps(
            {
                "passages": count,
                "characters": characters,
                "build_seconds": round(built, 1),
                "rank": timed(base.rank, questions),
                "ask": timed(lambda text: base.ask(text, today=_DAY), questions),
                "index_mb": round(base.indexes.nbytes / 1e6, 1),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
