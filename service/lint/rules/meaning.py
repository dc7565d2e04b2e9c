"""Rules about what a diagram hands on: slips that run and say less than the regulation does."""

from __future__ import annotations

from service.lint.rules.rule import Rule

MEANING = (
    Rule("article-cited", "每个环节写明依据", "审计先问依据；没有依据的环节也不在条款覆盖里。",
         "写 article 属性；汇合网关和子流程的开始可以不写。"),
    Rule("act-cited", "每个用户任务写明是哪个行为", "不变式按行为检查，去掉行为就查不到这一步了。",
         "写 act 属性，没有合适的行为就在 acts.yaml 里加一个。"),
    Rule("output-given", "输出变量有来源", "表单里没有这一栏、也没有算出，变量永远是空值。",
         "在表单里加这一栏，或写 out.变量。"),
    Rule("choices-agree", "选项与变量的取值一致", "少了的选项没有人选得到，多出的选项提交时被拒绝。", "在表单或 outputs 里补上、删去。"),
    Rule("output-kept", "算出的值和判定的结果写进输出变量", "没有声明的值办完就丢了：合同额不再更新、判了等于没判。",
         "把变量补进 outputs；真不要了，就连同 out 一起删去。"),
    Rule("operator-asked", "系统操作得到它要的内容，回答有人收", "缺了内容的操作算出零或空值，流程照样往下走。",
         "按提示补 in.内容 或输出变量，或改正操作名。"),
    Rule("condition-read", "只有会选择的网关后面写条件", "并行网关和任务后面的条件不起作用，两边都会走。",
         "改成排他或包容网关，或删去条件。"),
    Rule("input-bound", "决策表的输入有来源", "没有来源的输入是空值，表会判错。", "写 in.输入（材料表写 document.输入）。"),
    Rule("input-known", "绑定的输入是决策表有的", "绑了表里没有的输入，多半是表改了名而图没有改。", "改正名字，或删去。"),
    Rule("input-type", "同名变量的类型与输入一致", "“是否”选项是文字，表要的是真假，直接传就永远不等。",
         "写 in.输入 换算，例如 classified = \"yes\"。"),
    Rule("due-read", "读取到期日的定时，任务写了期限", "没有期限，到期提醒永远不来。", "在任务上写 due。"),
    Rule("message-carries", "消息带上对方要用的内容", "收到的一方得到空值。", "写 send.字段。"),
)  # fmt: skip
