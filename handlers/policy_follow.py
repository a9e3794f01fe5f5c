"""What residents say right after an answer: for whom else it is asked, and whether it helped; and
the questions that stand in one message.
"""

from __future__ import annotations

import re

from intents.normalise import normalise
from intents.split import split_matters

STAY, USEFUL, WRONG, MORE = "stay", "useful", "wrong", "more"
_PERSON = (
    "老?妈妈?|老?爸爸?|爹|娘|父亲|母亲|父母|老伴|老头子?|老公|老婆|媳妇|爱人|丈夫|妻子|婆婆|公公|"
    "岳父|岳母|丈母娘|爷爷|奶奶|外公|外婆|姥姥|姥爷|儿子|女儿|闺女|孩子|小孩|娃|孙子|孙女|"
    "哥哥?|姐姐?|弟弟?|妹妹?|老人|自己|本人|家里人|家属|亲戚|别人"
)
_WHO = rf"(?:[我咱俺他她]们?家?里?的?)?(?:{_PERSON})(?:的?(?:户口|户籍|名字|名下))?"
_LOT = (
    r"(?:外地|外省|外市|本地|异地|农村|城里)(?:的|户口|户籍|人|来的)*|"
    r"没有?(?:户口本?|户籍|居住证|身份证|房产证|结婚证|社保|工作|单位|房子?)的?|租房子?的?|退休了?的?|"
    r"周末|[周星期礼拜]+[六天日]|节假日|晚上|中午|网上|手机上?"
)
_PROXY = r"(?:(?:帮忙?|[替代])[我他她]?(?:办|领|去|申请|跑)+|代办)"
_ASKS = (
    "呢|行不行|行不?|行吗|可以吗|可不可以|可以不|能不能办|能办[吗不]?|能不能领|能领[吗不]?|能不能申请|"
    "能申请[吗不]|也?一样吗|也?行吗|有没有|怎么办|咋办|咋弄|算不算|要不要"
)
_OF = rf"(?:{_WHO})?[的是]?(?:{_LOT})?(?:可以|能不能|能|可不可以)?(?:{_PROXY})?(?:的话)?"
_LIKE_THIS = re.compile(rf"(?:那么?|要是|如果|换成)*{_OF}(?:{_ASKS})[呀啊哦嘛]?")
_MAY = re.compile(
    rf"(?:那么?)?(?:{_WHO})?[的是]?(?:{_LOT})?(?:可以|能不能|能|可不可以)(?:{_WHO})?"
    rf"(?:{_PROXY}|办|领|申请)[吗不么嘛]?"
)
_THEN_THIS = re.compile(rf"那么?(?:要是|如果|换成)?(?:{_WHO}|{_LOT})(?:的话)?")
_BARE = re.compile(rf"(?:那么?|要是|如果|换成|的)*(?:{_ASKS})[呀啊哦嘛]?")
_HELPED = re.compile(r"(?:很|挺|蛮)?有用(?:的|了)?|有帮助|答对了|说得很?清楚")
_DID_NOT = re.compile(
    r"没答对.*|(?:你)?(?:答错了?|答得?不对|答非所问|所答非所问|文不对题)(?:了|啊|吧)?|"
    r"不是我(?:要|想)?问的.*|(?:我)?问的不是这个.*|没答到点.*|没用"
)
_STOPS = re.compile(r"[?？。；;！!\n]+")
_LEAST = 4
_REST = re.compile(r"更多|还有(?:呢|吗|没)?|下一页|接着说|继续")


def said_after(text: str) -> str:
    """STAY for the same matter of somebody else (我妈呢, 外地户口行不行), USEFUL, WRONG, MORE;
    empty where the words are none of these.
    """
    plain = normalise(text).strip(" ,.!?~")
    for word, meant in ((USEFUL, _HELPED), (WRONG, _DID_NOT), (MORE, _REST)):
        if meant.fullmatch(plain):
            return word
    stays = _LIKE_THIS.fullmatch(plain) and not _BARE.fullmatch(plain)
    return STAY if stays or _MAY.fullmatch(plain) or _THEN_THIS.fullmatch(plain) else ""


def questions_in(text: str) -> list[str]:
    """The sentences and matters of a message; what is shorter than four characters is none."""
    pieces = [piece for piece in _STOPS.split(text) if piece.strip()]
    parts = [part for piece in pieces for part in split_matters(piece)]
    return [part for part in parts if len(part) >= _LEAST]
