"""Several matters in one message: `楼道灯坏了，另外垃圾也没人收` are two drafts, not one."""

from __future__ import annotations

import re

from intents.normalise import normalise

_BETWEEN = re.compile(
    r"[,.;!?\s]*(?:(?:还有|另外|此外|再就是|再一个|再有|对了|顺便|还想(?:问|反映|说)|同时也?)[,:\s]*"
    r"(?:就是|一个|一件|一下|呢|问题|件事)*[,:\s]*"
    r"|(?:第?[一二三四1-4](?:是|、|,|件事?[是,:]?)|[(]?[1-4][)、.](?!\d)|其[一二三次]|首先|其次|最后)[,:\s]*)"
)
_LEAST = 4
_LEAD = re.compile(
    r"^(?:[两二三几]件?个?(?:事|事情|问题)|你好|您好|反映(?:几个|两个)问题|我要说)[:,.]*$"
)


def split_matters(text: str) -> list[str]:
    """The matters of `text` in order; one element where it is about a single one.

    Parts shorter than four characters stay with the part before them; the words that join the
    parts are left out. The parts are in normalised form.
    """
    plain = normalise(text)
    parts: list[str] = []
    for part in _BETWEEN.split(plain):
        cleaned = part.strip(" ,.;")
        if not cleaned or _LEAD.match(cleaned):
            continue
        if parts and len(cleaned) < _LEAST:
            parts[-1] = f"{parts[-1]},{cleaned}"
        else:
            parts.append(cleaned)
    return parts or [plain]
