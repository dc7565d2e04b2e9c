"""Rules about one element by itself."""

from __future__ import annotations

from service.lint.rules.rule import Rule

DRAWING = (
    Rule("element-kind", "只用能执行的元素", "事件子流程、补偿、复杂网关等，引擎会悄悄略过。",
         "换一种画法：用户任务、服务任务、业务规则任务、调用活动、子流程和四种网关。"),
    Rule("event-kind", "只用能执行的事件", "升级、条件、链接、补偿、取消事件不会按标准执行。",
         "改用消息、信号、定时、错误或终止事件。"),
    Rule("id-is-snake-case", "id 用英文小写和下划线", "引擎占用了 start、end、root；别的写法在表达式和网址里会出错。",
         "把 id 改成说明内容的英文小写词。"),
    Rule("event-has-name", "消息和信号有名称", "没有名称就无法知道在等谁。", "在文件开头声明消息并引用它。"),
    Rule("timer-has-value", "定时器写了时间", "没有时间的定时器永远不到。", "写日期的表达式或 P3D 这样的时长。"),
    Rule("timer-cycle", "不用循环定时器", "引擎对循环定时的处理与标准不同，会少提醒或多提醒。",
         "画一次提醒，要反复时把连线画回这个定时器。"),
    Rule("legal-months", "月、年的期间用函数算", "“三个月”按民法典是到对应日，写成 P3M 引擎按固定天数算。",
         "用 last day of period(起算日, 月数) 算出日期。"),
    Rule("start-kind", "开始事件是空的、消息或定时", "别的开始方式没有人能发起。", "改成空开始事件、消息开始事件或定时开始事件。"),
    Rule("start-by-date", "按日期启动的流程不属于项目", "到日期时没有项目可以归入。", "给开始事件加上 project = none，或改用别的开始方式。"),
    Rule("foresees-rule", "预先判定指向同一图里的业务规则任务", "指错了，办理页面上就看不到判定。", "把 foresees 改成那个业务规则任务的 id。"),
    Rule("known-property", "属性名都认识", "写错一个字母的属性会被当作没写。", "对照 diagram-properties 改正属性名。"),
    Rule("agent-no", "agent 只写 no", "别的写法没有意义。", "写 no，或删去这个属性。"),
    Rule("known-duty", "duty 是申请、审核、审定之一", "写错了，同一人就能既申请又审核。", "写 apply、review 或 decide，只写在用户任务上。"),
    Rule("known-word", "固定用词写对", "写错的词不起作用。", "按提示改成规定的词。"),
    Rule("variable-name", "变量名用英文小写和下划线", "别的写法在表达式里读不出来。", "改变量名，并改用到它的地方。"),
    Rule("known-clause", "引用的条款存在", "引用错了，条款覆盖就是假的。", "从条款登记表里选。"),
    Rule("task-has-form", "用户任务有表单", "没有表单的任务打不开。", "写 form 属性。"),
    Rule("known-form", "引用的表单存在", "任务打不开。", "改正表单 id，或新建这张表单。"),
    Rule("task-in-lane", "用户任务在泳道里", "不在泳道里的任务没有人收到。", "把任务画进一条泳道，或写 group。"),
    Rule("known-group", "泳道和组是登记的候选组", "名单里没有的组，没有人收到任务。", "改成 groups.yaml 里的组，或先登记这个组。"),
    Rule("known-decision", "引用的决策表存在", "办到这里会停住。", "改正决策 id，或新建这张表。"),
    Rule("rule-has-decision", "业务规则任务指明决策表", "不指明就什么也不判定。", "写 calledDecisionId。"),
    Rule("known-process", "调用的流程存在", "办到这里会停住。", "改正 calledElement，或新建这个流程。"),
    Rule("service-has-operator", "服务任务指明操作", "不指明就没有人替它办。", "写 operator 属性。"),
    Rule("loop-has-members", "多实例有成员", "没有成员的会签会立即通过。", "写成员列表变量或个数。"),
    Rule("feel", "表达式读得懂", "读不懂的表达式执行时会停住。", "按提示的位置改正，可用 banjie feel 试算。"),
)  # fmt: skip
