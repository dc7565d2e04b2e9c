"""Edits of our own files as texts: what is replaced, and what the difference has to say of it.

The first fourteen are those by which bpmn-js-differ was measured (it sees ten, six of them with values).
"""

from dataclasses import dataclass
from pathlib import Path

from service.model.bundle import Bundle, read_bundle

ROOT = Path(__file__).parents[2]
SHIPPED = read_bundle(ROOT)
B, D = "processes/{}.bpmn", "processes/{}.dmn"


@dataclass(frozen=True)
class Edit:
    """`swaps` are applied in order, each to its first place; (element, aspect, old, new) must be among the changes."""

    name: str
    path: str
    swaps: tuple[tuple[str, str], ...]
    element: str
    aspect: str
    old: str | None
    new: str | None

    def apply(self, bundle: Bundle = SHIPPED) -> Bundle:
        text = bundle.files[self.path].decode()
        for old, new in self.swaps:
            assert old in text, f"{self.name}: {old!r} is not in {self.path}"
            text = text.replace(old, new, 1)
        return Bundle({**bundle.files, self.path: text.encode()})


def _e(name, path, old, new, element, aspect, was, now, *more):
    return Edit(name, path, ((old, new), *more), element, aspect, was, now)


JOINT, TRIAL, LIFE = B.format("joint_review"), B.format("trial_run"), B.format("project_lifecycle")
PAY, GATE, ROUTE = (
    B.format("fund_disbursement"),
    D.format("approval_gate"),
    D.format("approval_route"),
)
INIT, SETTING = B.format("budget_initiation"), B.format("setting_change")
TERM, LISTS = "forms/termination/termination_decision.form", "processes/settings.yaml"
SAYS = 'op_center = "agree" and op_drc = "agree" and op_fin = "agree"'
LOOP = "<bpmn:multiInstanceLoopCharacteristics>"

FOURTEEN = [
    _e("threshold", LISTS, "default: 200000.00", "default: 300000", "settings/county_route_max_yuan",
       "default", "200000.00", "300000"),
    _e("timer", TRIAL, 'trial_last_day + duration("P1D")</bpmn:timeDate>',
       'trial_start + duration("P31D")</bpmn:timeDate>', "trial_elapsed", "timer",
       '到 trial_last_day + duration("P1D")', '到 trial_start + duration("P31D")'),
    _e("deadline on a boundary", JOINT, 'due_on + duration("P1D")', 'due_on + duration("P30D")',
       "info_center_overdue", "timer", '到 due_on + duration("P1D")', '到 due_on + duration("P30D")'),
    _e("form", JOINT, 'name="form" value="opinion"', 'name="form" value="finance_opinion"',
       "info_center_opinion", "property:form",
       "单位审核意见（opinion）", "县财政局审核意见（事前预算评审）（finance_opinion）"),
    _e("decision", INIT, "calledDecisionId>approval_gate<", "calledDecisionId>contract_check<",
       None, "decision", "四不原则门槛（approval_gate）", "合同合规校验（contract_check）"),
    _e("lane", JOINT, "<bpmn:flowNodeRef>drc_opinion</bpmn:flowNodeRef>", "", "drc_opinion", "lane",
       "县发改局（drc）", "县财政局（finance_bureau）",
       ("<bpmn:flowNodeRef>finance_opinion</bpmn:flowNodeRef>",
        "<bpmn:flowNodeRef>finance_opinion</bpmn:flowNodeRef><bpmn:flowNodeRef>drc_opinion</bpmn:flowNodeRef>")),
    _e("completion of a joint act", SETTING, LOOP,
       LOOP + "<bpmn:completionCondition>nrOfCompletedInstances = 1</bpmn:completionCondition>",
       "cosign_change", "multiInstanceLoopCharacteristics/completionCondition", None,
       "nrOfCompletedInstances = 1"),
    _e("script", JOINT, '<bpmn:outgoing>flow_info_center_opinion_to_collect',
       '<bpmn:script>x = 1</bpmn:script><bpmn:outgoing>flow_info_center_opinion_to_collect',
       "info_center_opinion", "script", None, "x = 1"),
    _e("called process", LIFE, 'calledElement="filing_route"', 'calledElement="joint_review"',
       "file_project", "calledElement", "全额上级拨款项目备案（filing_route）", "联合审核（joint_review）"),
    _e("default flow", SETTING, 'default="flow_all_agree_to_not_cosigned"',
       'default="flow_all_agree_to_put_in_force"', "all_agree", "default",
       "否（flow_all_agree_to_not_cosigned）", "是（flow_all_agree_to_put_in_force）"),
    _e("target of a flow", SETTING, 'targetRef="setting_changed"', 'targetRef="not_cosigned"',
       "flow_put_in_force_to_setting_changed", "targetRef", "设置已变更（setting_changed）",
       "未获会签（not_cosigned）"),
    _e("name of a task", JOINT, 'name="县发改局审核意见"', 'name="县发改局的意见"', "drc_opinion", "name",
       "县发改局审核意见", "县发改局的意见"),
    _e("documentation", SETTING, "都同意的，设置", "多数同意的，设置", "setting_change", "documentation",
       None, None),
    _e("name of a message", JOINT, 'name="review_overdue"', 'name="review_late"', "info_center_reminded",
       "message", "review_overdue", "review_late"),
]  # fmt: skip

MORE = [
    _e("condition", JOINT, SAYS, 'op_center = "agree"', "flow_opinions_agree_to_merge_opinions",
       "conditionExpression", SAYS, 'op_center = "agree"'),
    _e("source of a flow", SETTING, 'sourceRef="put_in_force"', 'sourceRef="cosign_change"',
       "flow_put_in_force_to_setting_changed", "sourceRef", "设置生效（put_in_force）",
       "会签设置变更（cosign_change）"),
    _e("article", JOINT, 'value="7.1.6 3.3.1"', 'value="7.1.6"', "info_center_opinion", "property:article",
       "7.1.6 3.3.1", "7.1.6"),
    _e("act", JOINT, 'value="opinion.drc"', 'value="opinion.finance"', "drc_opinion", "property:act",
       "opinion.drc", "opinion.finance"),
    _e("duty", SETTING, 'value="review"/>', 'value="apply"/>', "cosign_change", "property:duty", "review", "apply"),
    _e("outputs", JOINT, "op_drc:agree|disagree", "op_drc:agree|no", "drc_opinion", "property:outputs",
       "op_drc:agree|disagree", "op_drc:agree|no"),
    _e("due", SETTING, 'value="working days after(today(), settings.review_days)"', 'value="today()"',
       "cosign_change", "property:due", "working days after(today(), settings.review_days)", "today()"),
    _e("gate", SETTING, '<spiffworkflow:property name="gate" value="setting_change_check"/>', "",
       "propose_change", "property:gate", "设置变更判定（setting_change_check）", None),
    _e("in.*", SETTING, 'name="in.proposed_on" value="today()"', 'name="in.proposed_on" value="null"',
       "propose_change", "property:in.proposed_on", "today()", "null"),
    _e("a property goes", SETTING, '<spiffworkflow:property name="in.proposed_on" value="today()"/>', "",
       "propose_change", "property:in.proposed_on", "today()", None),
    _e("sets", SETTING, "change_outcome:refused", "change_outcome:changed", "not_cosigned", "property:sets",
       "change_outcome:refused", "change_outcome:changed"),
    _e("operator", SETTING, 'name="operator" value="set_setting"', 'name="operator" value="is_listed"',
       "put_in_force", "property:operator", "set_setting", "is_listed"),
    _e("members of a multi-instance", SETTING, "<bpmn:loopDataInputRef>cosigners", "<bpmn:loopDataInputRef>units",
       "cosign_change", "multiInstanceLoopCharacteristics/loopDataInputRef", "cosigners", "units"),
    _e("one after the other", SETTING, LOOP, '<bpmn:multiInstanceLoopCharacteristics isSequential="true">',
       "cosign_change", "multiInstanceLoopCharacteristics@isSequential", "否", "是"),
    _e("kind of timer", TRIAL, '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">trial_last_day + duration("P1D")'
       "</bpmn:timeDate>", "<bpmn:timeDuration>P90D</bpmn:timeDuration>", "trial_elapsed", "timer",
       '到 trial_last_day + duration("P1D")', "历时 P90D"),
    _e("a boundary interrupts", JOINT, ' cancelActivity="false"', "", "info_center_overdue", "cancelActivity",
       "否", "是"),
    _e("a boundary hangs elsewhere", JOINT, 'attachedToRef="drc_opinion"', 'attachedToRef="finance_opinion"',
       "drc_overdue", "attachedToRef", "县发改局审核意见（drc_opinion）", "县财政局审核意见（finance_opinion）"),
    _e("code of an error", INIT, 'errorCode="INITIATION_REFUSED"', 'errorCode="REFUSED"', "initiation_refused",
       "error", "INITIATION_REFUSED INITIATION_REFUSED", "INITIATION_REFUSED REFUSED"),
    _e("another kind of element", JOINT, '<bpmn:parallelGateway id="send_out">',
       '<bpmn:exclusiveGateway id="send_out">', "send_out", "type", "并行网关", "排他网关",
       ("</bpmn:parallelGateway>", "</bpmn:exclusiveGateway>")),
    _e("name of a lane", JOINT, '<bpmn:lane id="drc" name="县发改局"', '<bpmn:lane id="drc" name="发改局"', "drc",
       "name", "县发改局", "发改局"),
    _e("name of a process", JOINT, '<bpmn:process id="joint_review" name="联合审核"',
       '<bpmn:process id="joint_review" name="会审"', "joint_review", "name", "联合审核", "会审"),
    _e("an executable no more", JOINT, ' isExecutable="true"', "", "joint_review", "isExecutable", "是", None),
    _e("label of a branch", SETTING, 'name="否"', 'name="其他"', "flow_all_agree_to_not_cosigned", "name", "否", "其他"),
    _e("order of branches", SETTING, "<bpmn:outgoing>flow_all_agree_to_put_in_force</bpmn:outgoing>", "",
       "all_agree", "order", "是、否", "否、是",
       ("<bpmn:outgoing>flow_all_agree_to_not_cosigned</bpmn:outgoing>",
        "<bpmn:outgoing>flow_all_agree_to_not_cosigned</bpmn:outgoing>"
        "<bpmn:outgoing>flow_all_agree_to_put_in_force</bpmn:outgoing>")),
    _e("an element comes", SETTING, "<bpmn:sequenceFlow ", '<bpmn:userTask id="extra" name="另一步"/><bpmn:sequenceFlow ',
       "extra", "item", None, ""),
    _e("an element goes", SETTING, '<bpmn:sequenceFlow id="flow_put_in_force_to_setting_changed" '
       'sourceRef="put_in_force" targetRef="setting_changed"/>', "", "flow_put_in_force_to_setting_changed",
       "item", "起点 设置生效（put_in_force）；终点 设置已变更（setting_changed）", None),
    _e("variable of a process", SETTING, '<bpmn:property id="signatures" name="signatures"/>', "",
       "setting_change", "variables", "cosigners、signatures", "cosigners"),
    _e("cell", GATE, '<text>null, ""</text>', "<text>null</text>", "AG1",
       "inputEntry:column_approval_gate_2", 'null, ""', "null"),
    _e("outcome", GATE, '<text>"不规划不建设"</text>', '<text>"可以"</text>', "AG1",
       "outputEntry:output_approval_gate_refusal", '"不规划不建设"', '"可以"'),
    _e("clause of a rule", GATE, "<text>4.1.2</text>", "<text>4.1.3</text>", "AG1", "note:条款", "4.1.2", "4.1.3"),
    _e("column", GATE, "<text>annual_plan_item or filing_no</text>", "<text>annual_plan_item</text>",
       "column_approval_gate_3", "inputExpression", "annual_plan_item or filing_no", "annual_plan_item"),
    _e("values of a column", GATE, '<text>"review", "indicator"</text>', '<text>"review"</text>',
       "column_approval_gate_1", "inputValues", '"review", "indicator"', '"review"'),
    _e("name of an outcome", GATE, 'label="不予通过的理由" name="refusal"', 'label="不予通过的理由" name="why"',
       "output_approval_gate_refusal", "variable", "refusal", "why"),
    _e("hit policy", ROUTE, ' hitPolicy="UNIQUE"', ' hitPolicy="FIRST"', "approval_route", "hitPolicy", "唯一（UNIQUE）", "首条（FIRST）"),
    _e("label of a field", TERM, '"label": "终止情形"', '"label": "情形"', "Field_ground", "name", "终止情形", "情形"),
    _e("key of a field", TERM, '"key": "ground"', '"key": "grounds"', "Field_ground", "key", "ground", "grounds"),
    _e("required", TERM, '"required": true', '"required": false', None, "validate.required", "是", "否"),
    _e("option", TERM, '"label": "不终止"', '"label": "继续"', None, "option:continue", "不终止", "继续"),
    _e("condition of a field", TERM, 'term_decision != \\"terminate\\"', 'term_decision != \\"x\\"', "Field_ground",
       "conditional.hide", '=term_decision != "terminate"', '=term_decision != "x"'),
    _e("kind of a field", TERM, '"type": "checklist"', '"type": "radio"', "Field_ground", "type", "多选栏目", "单选栏目"),
    _e("floor", LISTS, "floor: 3\n", "floor: 1\n", "settings/trial_min_months", "floor", "3", "1"),
    _e("who changes settings", LISTS, "changed_by: setting_change", "changed_by: trial_run", "", "changed_by",
       "setting_change", "trial_run"),
    _e("unit of a group", "processes/groups.yaml", "name: 县发改局, unit: drc", "name: 县发改局, unit: info_center",
       "groups/drc", "unit", "drc", "info_center"),
    _e("a day", "processes/calendar.yaml", "      2023-01-23: 春节\n", "", "years/2023", "holidays.2023-01-23",
       "春节", None),
    _e("who acts", "processes/acts.yaml", "review.scheme: {by: [info_center]", "review.scheme: {by: [drc]",
       "acts/review.scheme", "by", "info_center", "drc"),
    _e("invariant", "processes/invariants.yaml", "'yes(gate.plan) before start(review.eligibility)'",
       "'yes(gate.plan) before start(pay.pay)'", "invariants/G2", "formal",
       "yes(gate.plan) before start(review.eligibility)", "yes(gate.plan) before start(pay.pay)"),
    _e("reminder", "processes/reminders.yaml", "when: days_left < 0", "when: days_left < -5", "reminders/overdue",
       "when", "days_left < 0", "days_left < -5"),
    _e("paper", "forms/print/change_sheet.yaml", "title: ", "title: 新", "", "title", None, None),
]  # fmt: skip
