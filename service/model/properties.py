"""The vocabulary of a diagram: every property that an element may carry, where, and what it is called.

The engine's checks, the comparison of versions and the panel of the modeler all read this one list;
docs/reference/diagram-properties.md explains it.
"""

from __future__ import annotations

from dataclasses import dataclass

TASKS = ("userTask", "serviceTask", "businessRuleTask", "receiveTask", "sendTask", "callActivity")
SENDS = ("intermediateThrowEvent", "endEvent", "sendTask")
CATCHES = ("intermediateCatchEvent", "boundaryEvent", "startEvent", "receiveTask")
ANY: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """`kind` is how it is written: clauses, act, duty, form, decision, rule, group, groups, feel, outputs, sets,
    text, or words separated by `|`. `on`: types of elements, empty for all. `hint`: one sentence for who draws.
    """

    name: str
    label: str
    kind: str
    on: tuple[str, ...] = ANY
    hint: str = ""


_ALL = (
    Property("article", "依据条款", "clauses", ANY, "本环节依据的条款，可以有几条。"),
    Property("act", "行为", "act", ANY, "不变式按行为检查；没有合适的，先在 acts.yaml 里登记。"),
    Property("unreachable", "走不到的理由", "text", ANY, "只为防线画的环节，写明为什么走不到。"),
    Property("form", "表单", "form", ("userTask",), "办理人填写的表单。"),
    Property("due", "办理期限", "feel", ("userTask",), "算出日期；只提醒，不决定。"),
    Property("duty", "职责", "duty", ("userTask",), "同一项目里一个人只能有一种职责。"),
    Property("gate", "准入表", "decision", ("userTask", "startEvent"), "提交前判定，命中就拒绝并引用条款。"),
    Property("documents", "材料表", "decision", ("userTask",), "列出要交的材料，缺一样都不能提交。"),
    Property("foresees", "预判的规则", "rule", ("userTask",), "填写时显示这张表的哪些规则将会成立。"),
    Property("group", "候选组", "feel", ("userTask",), "只用于多实例的成员；一般由泳道决定。"),
    Property("unit", "指定的单位", "feel", ("userTask",), "由哪个单位办理；空值是项目的单位。"),
    Property("person", "指定的人", "feel", ("userTask",), "只能由此人办理，写登录名。"),
    Property("agent", "能否代办", "no", ("userTask",), "选 no：受托单位不能代办。"),
    Property("return", "能否退回", "no", ("userTask",), "选 no：办完就不再退回或撤回。"),
    Property("clock", "计时", "stops", ("userTask",), "选 stops：办这一步时期限暂停计时。"),
    Property("publishes", "公开的表单", "form", ("userTask",), "办结后公开这张表单最近一次的内容。"),
    Property("outputs", "输出变量", "outputs",
             ("userTask", "businessRuleTask", "serviceTask", "receiveTask", "intermediateCatchEvent",
              "boundaryEvent", "startEvent"), "本环节可以设的变量和取值。"),
    Property("sets", "赋值", "sets", ANY, "完成时设为固定的值。"),
    Property("result", "结果变量", "text", ("businessRuleTask",), "整个判定结果存入的变量。"),
    Property("operator", "系统操作", "text", ("serviceTask",), "登记过的操作名。"),
    Property("project", "与项目的关系", "none|optional", ("startEvent",), "none：不属于项目；optional：可以属于。"),
    Property("starters", "可发起的组", "groups", ("startEvent",), "不写就是泳道的组。"),
    Property("notify", "通知的组", "groups", SENDS, "不写就是泳道的组。"),
)  # fmt: skip
PROPERTIES = {one.name: one for one in _ALL}

# Properties with a dot: the family, and after the dot a name that the diagram chooses. All are FEEL.
_FAMILIES = (
    Property("out", "变量", "feel", ANY, "完成时算出，存入这个变量。"),
    Property("in", "判定输入", "feel", ("businessRuleTask", "userTask", "serviceTask", "startEvent"),
             "决策表的输入，或系统操作的参数。"),
    Property("document", "材料表输入", "feel", ("userTask",), "材料表的输入。"),
    Property("assigns", "指定单位", "feel", ANY, "从此本项目的这个组就是这个单位。"),
    Property("send", "消息字段", "feel", SENDS, "消息里带上的一个值。"),
)  # fmt: skip
FAMILIES = {one.name: one for one in _FAMILIES}
