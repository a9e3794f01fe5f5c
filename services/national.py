"""The national classes of city management, to which a category may be mapped.

Source: GB/T 30428.2-2013 数字化城市管理信息系统 第2部分：管理部件和事件, the classes (大类) of
components (部件, here `C`) and of events (事件, here `E`). The finer 小类 are given by each city.
"""

from __future__ import annotations

NATIONAL_NAMES = {
    "C01": "部件·公用设施",
    "C02": "部件·道路交通",
    "C03": "部件·市容环境",
    "C04": "部件·园林绿化",
    "C05": "部件·其他部件",
    "E01": "事件·市容环境",
    "E02": "事件·宣传广告",
    "E03": "事件·施工管理",
    "E04": "事件·突发事件",
    "E05": "事件·街面秩序",
    "E06": "事件·其他事件",
}
