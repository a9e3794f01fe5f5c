"""Examples as people write and extend them: plain text for training, CSV for measuring.

`<label>.txt` holds one text a line; a heading `# manner: …` says how the lines below it are
written (short, typo, dialect …). A gold set is a CSV with the columns text, label and, where
known, manner.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEADING = "# manner:"


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the label it should get; `manner` says how it is written."""

    text: str
    label: str
    manner: str = "plain"


def read_examples(directory: Path) -> list[Example]:
    """Every example of `directory`, one file a label; ValueError where there is none."""
    found = [example for path in sorted(directory.glob("*.txt")) for example in _read_label(path)]
    if not found:
        raise ValueError(f"no examples in {directory}")
    return found


def _read_label(path: Path) -> Iterator[Example]:
    manner = "plain"
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith(_HEADING):
            manner = text.removeprefix(_HEADING).strip()
        elif text and not text.startswith("#"):
            yield Example(text, path.stem, manner)


def read_csv(path: Path) -> list[Example]:
    """The rows of a CSV with columns text and label; ValueError names what is missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"text", "label"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name}: no column {', '.join(sorted(missing))}")
        return [Example(r["text"], r["label"], r.get("manner") or "plain") for r in reader]
