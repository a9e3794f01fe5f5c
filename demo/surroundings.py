"""What is around the simulator's phone: places, codes on the walls, things people say, photos."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A spot on the map; coordinates in degrees (GCJ-02, as WeChat sends them)."""

    name: str
    hint: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code somewhere; `scene` is its scene string."""

    scene: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The edges of the drawn map, in degrees."""

    north: float
    south: float
    west: float
    east: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a persona can point a phone at; `samples` are sentences to try."""

    places: tuple[Place, ...]
    codes: tuple[Code, ...]
    samples: tuple[str, ...]
    bounds: Bounds

    def as_json(self) -> dict[str, Any]:
        return {
            "places": [asdict(place) for place in self.places],
            "scenes": [asdict(code) for code in self.codes],
            "samples": list(self.samples),
            "bounds": asdict(self.bounds),
        }


DEMO = Surroundings(
    places=(
        Place("3栋2单元", "楼道灯、门禁", 30.27620, 120.15530),
        Place("地下车库B区", "雨天容易积水", 30.27545, 120.15505),
        Place("儿童乐园", "滑梯、秋千", 30.27600, 120.15600),
        Place("小广场", "健身器材、长椅", 30.27500, 120.15800),
        Place("社区服务大厅", "办事、领表、找人", 30.27510, 120.15870),
        Place("东门", "岗亭、快递柜", 30.27560, 120.16080),
        Place("电动车棚", "充电、停车", 30.27540, 120.16020),
        Place("口袋公园凉亭", "长椅、健步道", 30.27690, 120.16010),
        Place("5栋北侧垃圾分类点", "每天 7:00–9:00、18:00–20:00", 30.27556, 120.15765),
    ),
    codes=(
        Code("grid:G1", "第一网格 · 公告栏", "网格员是谁、有事找谁"),
        Code("place:B3U2", "3栋2单元 · 门厅", "扫一扫，不用再说在哪栋哪单元"),
        Code("place:GARAGE-B", "地下车库B区 · 立柱", "反映车库的事"),
        Code("place:EASTGATE", "东门 · 岗亭", "反映门口的事"),
        Code("place:BIKESHED", "电动车棚 · 墙上", "反映充电、停车的事"),
        Code("place:PAVILION", "口袋公园凉亭 · 柱子", "反映公园的事"),
        Code("place:WASTE-5", "5栋北侧垃圾分类点 · 桶边", "反映垃圾的事"),
        Code("desk", "社区服务大厅 · 取号台", "能办什么、找谁"),
    ),
    samples=(
        "3栋2单元三楼的灯坏了好几天，我妈晚上下楼看不见",
        "地下车库又积水了",
        "查进度",
        "老年证要带什么材料",
        "叫个人来跟我说",
        "楼道里好大煤气味",
    ),
    bounds=Bounds(north=30.27720, south=30.27440, west=120.15370, east=120.16140),
)
