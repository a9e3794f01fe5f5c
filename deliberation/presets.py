"""The quorums and majorities that law and practice prescribe, as data.

Sources: 民法典 (2021) articles 278, 279 and 1259; 城市居民委员会组织法 (2018) articles 9 and 10;
村民委员会组织法 (2018) articles 22 and 26; 四议两公开工作法 with the figures of its record sheets.
"""

from __future__ import annotations

from .quorum import Base, Comparison, Measure, Rule, Subject, Test

_AT_LEAST, _MORE_THAN = Comparison.AT_LEAST, Comparison.MORE_THAN
_LABELS = {Measure.PERSONS: "人数", Measure.AREA: "面积", Measure.HOUSEHOLDS: "户数"}


def _test(
    what: str, subject: Subject, base: Base, measure: Measure, share: tuple[Comparison, int, int]
) -> Test:
    return Test(f"{what}{_LABELS[measure]}", subject, base, measure, *share)


def _owners(name: str, share: tuple[Comparison, int, int], source: str) -> Rule:
    """民法典 278: two thirds take part by area and persons, then `share` of those taking part."""
    both = (Measure.AREA, Measure.PERSONS)
    two_thirds = (_AT_LEAST, 2, 3)
    taking_part = [_test("参与", Subject.CAST, Base.ELIGIBLE, m, two_thirds) for m in both]
    agreeing = [_test("同意", Subject.AGREE, Base.CAST, m, share) for m in both]
    return Rule(name, (*taking_part, *agreeing), source)


def _meeting(
    name: str,
    measure: Measure,
    attendance: tuple[Comparison, int, int],
    majority: tuple[Base, tuple[Comparison, int, int]],
    source: str,
) -> Rule:
    base, share = majority
    return Rule(
        name,
        (
            _test("到会", Subject.PRESENT, Base.ELIGIBLE, measure, attendance),
            _test("同意", Subject.AGREE, base, measure, share),
        ),
        source,
    )


_HALF_OF_PRESENT = (Base.PRESENT, (_MORE_THAN, 1, 2))

OWNERS_ORDINARY = _owners("业主共同决定一般事项", (_MORE_THAN, 1, 2), "民法典第二百七十八条第二款")
OWNERS_SPECIAL = _owners("业主共同决定特别事项", (_AT_LEAST, 3, 4), "民法典第二百七十八条第二款")
HOME_TO_BUSINESS = Rule(
    "住宅改为经营性用房",
    (_test("同意", Subject.AGREE, Base.ELIGIBLE, Measure.PERSONS, (_AT_LEAST, 1, 1)),),
    "民法典第二百七十九条: 有利害关系的业主一致同意",
)
RESIDENTS_MEETING = _meeting(
    "居民会议(居民或小组代表)",
    Measure.PERSONS,
    (_MORE_THAN, 1, 2),
    _HALF_OF_PRESENT,
    "城市居民委员会组织法第九条",
)
HOUSEHOLDS_MEETING = _meeting(
    "居民会议(户代表)",
    Measure.HOUSEHOLDS,
    (_MORE_THAN, 1, 2),
    _HALF_OF_PRESENT,
    "城市居民委员会组织法第九条",
)
PARTY_MEMBERS = _meeting(
    "党员大会审议",
    Measure.PERSONS,
    (_AT_LEAST, 2, 3),
    (Base.ELIGIBLE, (_AT_LEAST, 1, 2)),
    "四议两公开工作法",
)
VILLAGERS_MEETING = _meeting(
    "村民会议",
    Measure.PERSONS,
    (_MORE_THAN, 1, 2),
    _HALF_OF_PRESENT,
    "村民委员会组织法第二十二条",
)
VILLAGE_HOUSEHOLDS_MEETING = _meeting(
    "村民会议(户代表)",
    Measure.HOUSEHOLDS,
    (_AT_LEAST, 2, 3),
    _HALF_OF_PRESENT,
    "村民委员会组织法第二十二条",
)
VILLAGE_REPRESENTATIVES = _meeting(
    "村民代表会议",
    Measure.PERSONS,
    (_AT_LEAST, 2, 3),
    _HALF_OF_PRESENT,
    "村民委员会组织法第二十六条",
)
PLAIN = Rule(
    "多数同意",
    (_test("同意", Subject.AGREE, Base.CAST, Measure.PERSONS, (_MORE_THAN, 1, 2)),),
    "本次表决事先公布的规则",
    ties=True,
)

CALL_BY_RESIDENTS = _test("提议", Subject.AGREE, Base.ELIGIBLE, Measure.PERSONS, (_AT_LEAST, 1, 5))
CALL_BY_HOUSEHOLDS = _test(
    "提议", Subject.AGREE, Base.ELIGIBLE, Measure.HOUSEHOLDS, (_AT_LEAST, 1, 5)
)
CALL_BY_GROUPS = Test("提议小组数", Subject.AGREE, Base.ELIGIBLE, Measure.PERSONS, _AT_LEAST, 1, 3)
"""城市居民委员会组织法 10: any one of these three obliges the committee to call a meeting."""

PRESETS: dict[str, Rule] = {
    "plain": PLAIN,
    "owners-ordinary": OWNERS_ORDINARY,
    "owners-special": OWNERS_SPECIAL,
    "home-to-business": HOME_TO_BUSINESS,
    "residents-meeting": RESIDENTS_MEETING,
    "households-meeting": HOUSEHOLDS_MEETING,
    "party-members": PARTY_MEMBERS,
    "villagers-meeting": VILLAGERS_MEETING,
    "village-households-meeting": VILLAGE_HOUSEHOLDS_MEETING,
    "village-representatives": VILLAGE_REPRESENTATIVES,
}
