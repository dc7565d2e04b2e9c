"""Rules about how elements hang together."""

from __future__ import annotations

from service.lint.rules.rule import Rule

WAYS = (
    Rule("one-start", "有且只有一个开始事件", "多个开始时说不清从哪里起，没有就发不起来。", "只留一个开始事件。"),
    Rule("unique-id", "id 不重复", "重复的 id 会使两个元素被当成一个。", "给其中一个改 id。"),
    Rule("flow-exists", "元素列出的连线都在", "列出而不存在的连线，引擎走到时出错。", "删去多余的引用，或补画连线。"),
    Rule("flow-ends", "连线两端都在", "悬空的连线走到时出错。", "把连线接到元素上，或删去。"),
    Rule("gateway-has-default", "分支有默认路径", "条件都不成立时会停住。", "给其中一条设为默认路径。"),
    Rule("flow-has-condition", "非默认的分支有条件", "没有条件的分支永远会走。", "写条件，或设为默认路径。"),
    Rule("no-implicit-split", "任务和事件只有一条出线", "两条出线等于并行，画图的人往往以为是二选一。",
         "在后面加一个网关，由网关分支。"),
    Rule("event-gateway", "事件网关后面只接捕获事件", "别的接法引擎会立即放行。", "网关一条入线，后面只接消息、信号或定时捕获事件。"),
    Rule("join-in-loop", "并行汇合不在循环里", "第二圈时引擎会提前放行，等于少审一家。",
         "把并行部分整个放进一个子流程。"),
    Rule("inclusive-loop", "包容汇合的分支上没有循环的子流程", "第二圈时引擎会提前放行。", "把这个循环整个放进一个子流程。"),
    Rule("declared-variable", "表达式里的变量都有来源", "没有人设的变量是空值，条件就悄悄不成立。",
         "在设它的元素上写 outputs、out 或 sets，或改正名字。"),
    Rule("error-caught-once", "一个错误只在一层接住", "标准交给里层，引擎交给外层。", "只留一层，或给里层的错误另取代码。"),
)  # fmt: skip
