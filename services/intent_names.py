"""What the intents are called where people read them."""

from __future__ import annotations

INTENT_NAMES = {
    "report_issue": "反映问题",
    "track_issue": "查进度、补充、撤回",
    "volunteer": "志愿活动",
    "time_bank": "时间银行",
    "points": "积分",
    "redeem": "积分兑换",
    "policy_question": "政策咨询",
    "deliberate": "议事投票",
    "public_info": "社区公开信息",
    "mutual_help": "邻里互助",
    "aid": "困难帮扶",
    "emergency": "紧急情况",
    "human": "找人工",
    "my_data": "我的信息",
    "help": "能办什么",
    "smalltalk": "寒暄道谢",
    "out_of_scope": "与社区无关",
}
"""Every label of the classifier with its name, in the order in which it is offered."""
