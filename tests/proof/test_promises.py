"""What the diagrams have promised to say is not said less; other words, places and ways of writing are no loss."""

import json
from copy import deepcopy

import pytest
from lxml import etree
from mutation import SHIPPED, attribute, condition, drop, lead, mutated, said

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.alike import alike
from service.proof.diagram_reader import read_diagrams
from service.proof.promised_data import forms_of, lost_fields, lost_rules, tables_of
from service.proof.promises import (
    FILE,
    Promises,
    lost_promises,
    promises_of,
    promises_text,
    read_promises,
)
from service.proof.rulebook import read_rulebook

BOOK = read_rulebook(SHIPPED)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def lost(bundle):
    kept = read_diagrams(bundle), read_promises(bundle), BOOK.settings, BOOK.effects.clock
    return [(place, text) for place, text, _ in lost_promises(*kept)]


def element(kind, own):
    def edit(root):
        (node,) = [n for n in root.iter(f"{BPMN}{kind}") if n.get("id") == own]
        return node

    return edit


def timer(own, text):
    return lambda root: (
        element("boundaryEvent", own)(root).find(f".//{BPMN}timeDate").__setattr__("text", text)
    )


def test_the_shipped_diagrams_say_what_they_have_promised_and_the_list_is_whole():
    assert lost(SHIPPED) == []
    assert promises_of(BOOK.diagrams) == BOOK.promises.elements, "run: banjie prove --promise"
    assert promises_text(SHIPPED).encode() == SHIPPED.files[FILE]


def swapped(one, other, after=None):
    """Two steps that follow each other change places; with `after`, two branches of a gateway."""

    def edit(root):
        places = {one: other, other: one}
        for flow in root.iter(f"{BPMN}sequenceFlow"):
            for end in ("sourceRef", "targetRef"):
                if after is None or (end == "targetRef" and flow.get("sourceRef") == after):
                    flow.set(end, places.get(flow.get(end), flow.get(end)))

    return edit


def step_between(root):
    """A new step on the way from one to another."""
    (flow,) = [
        f for f in root.iter(f"{BPMN}sequenceFlow") if f.get("sourceRef") == "submit_catalogue"
    ]
    target = flow.get("targetRef")
    flow.set("targetRef", "look_through")
    parent = flow.getparent()
    etree.SubElement(parent, f"{BPMN}userTask", id="look_through", name="初看")
    etree.SubElement(
        parent, f"{BPMN}sequenceFlow", id="on", sourceRef="look_through", targetRef=target
    )


CONSTRUCTION, JOINT, REVIEW = "construction.bpmn", "joint_review.bpmn", "change_review.bpmn"
SHARING, GUIDE = "data_sharing_check.bpmn", "municipal_guidance.bpmn"
LESS = {
    "reminder removed": (CONSTRUCTION, drop("contract_due_passed"), "没有了"),
    "later reminder": (CONSTRUCTION, timer("contract_due_passed", 'project_contract_due_on + duration("P30D")'), "时间"),
    "reminder that interrupts": ("incident_report.bpmn", attribute("report_overdue", "cancelActivity", "true"), "是否中断"),
    "no time limit": ("final_acceptance_report.bpmn", said("submit_report", "due", None), "办理期限"),
    "less recorded": (REVIEW, said("approve_change", "outputs", "approval_result:yes|no"), "不再输出变量 project_contract_yuan"),
    "another status": ("filing_route.bpmn", said("filed", "sets", "project_status:已立项; project_phase:procurement; project_fund_source:superior"), "不再把 project_status 设为 已备案"),
    "another form": (JOINT, said("finance_opinion", "form", "start_plan"), "表单"),
    "no duty": (REVIEW, said("approve_change", "duty", None), "职责"),
    "another process": (REVIEW, attribute("hold_reviews", "calledElement", "joint_review"), "调用的流程"),
    "an input that never refuses": (REVIEW, said("judge_admissible", "in.implementation_started", "false"), "判定输入"),
    "another clause": (JOINT, said("finance_opinion", "article", "19.1.14"), "依据条款"),
    "steps in another order": (SHARING, swapped("submit_catalogue", "verify_sharing"), "直接到了「提交数据目录与接入证明」，以前不能"),
    "a step passed by in the second round": (GUIDE, lead("tell_applicant", "prepare_submission", "submit_to_city"), "从「通知申报单位修改」直接到了「提交市数字经济局」"),
    "a condition turned round": ("archiving.bpmn", condition("papers_missing", "confirm_catalogue", "not(count(missing_papers) = 0)"), "count(missing_papers) = 0"),
    "two branches that lead to one": ("construction_progress.bpmn", lead("progress_signed", "report_progress", "confirm_progress"), "去 report_progress 的条件（否则）"),
    "a branch that leads elsewhere": (GUIDE, swapped("city_opinion_given", "tell_applicant", "amendment_wanted"), "去 city_opinion_given 的条件（否则）"),
}  # fmt: skip


@pytest.mark.parametrize("name", LESS)
def test_less_is_told_with_the_element_and_what_it_was(name):
    path, edit, words = LESS[name]
    found = lost(mutated({path: [edit]}))
    assert found
    assert any(words in text for _, text in found), found
    assert all(place.startswith(path.removesuffix(".bpmn")) for place, _ in found)


def renamed(root):
    """The id of a task, in all places that refer to it."""
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        for key in ("id", "sourceRef", "targetRef", "attachedToRef", "bpmnElement"):
            if node.get(key) == "finance_opinion":
                node.set(key, "money_opinion")
        if node.tag == f"{BPMN}flowNodeRef" and node.text == "finance_opinion":
            node.text = "money_opinion"


def one_more_value(root):
    for prop in element("userTask", "finance_opinion")(root).iter():
        if prop.get("name") == "outputs":
            prop.set("value", prop.get("value").replace("op_fin:", "op_fin:later|"))


MORE = {
    "another id": (JOINT, renamed),
    "another name": (JOINT, attribute("finance_opinion", "name", "出具财政意见（新）")),
    "one more clause": (REVIEW, said("approve_change", "article", "3.2.2 14.1.1 15.1.1 4.1.4 7.1.12 23.1.4")),
    "one more value": (JOINT, one_more_value),
    "a new step between two": (SHARING, step_between),
    "a condition written otherwise": ("archiving.bpmn", condition("papers_missing", "confirm_catalogue", "0 = count(missing_papers)")),
    "written otherwise": (CONSTRUCTION, timer("contract_due_passed", 'duration("P1D") + project_contract_due_on')),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
def test_more_and_other_words_are_no_loss(name):
    path, edit = MORE[name]
    assert lost(mutated({path: [edit]})) == []


def test_a_list_that_was_written_anew_agrees():
    changed = mutated({JOINT: [said("finance_opinion", "duty", None)]})
    anew = promises_text(changed).encode()
    assert lost(Bundle({**changed.files, FILE: anew})) == []


def test_a_diagram_that_is_gone_and_a_list_that_nobody_can_read():
    files = {p: c for p, c in SHIPPED.files.items() if p != "processes/warranty_claim.bpmn"}
    assert ("warranty_claim", "约定清单里的流程 warranty_claim 没有了") in lost(Bundle(files))
    for broken in (b"promises: [", b"promises: [1]", b"promises: {a: {b: c}}"):
        with pytest.raises(BadInput):
            read_promises(Bundle({FILE: broken}))
    assert read_promises(Bundle({})) == Promises()


FIELDS = {
    "gone": ("没有栏目", lambda f: f["components"].remove(f["components"][0])),
    "free": ("不再必填", lambda f: f["components"][0]["validate"].pop("required")),
    "choice": ("不再有选项 no", lambda f: f["components"][0]["values"].pop()),
}
FORM = {
    "id": "a",
    "components": [
        {"key": "k", "validate": {"required": True}, "values": [{"value": "yes"}, {"value": "no"}]}
    ],
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_of_forms_keep_what_they_asked(name):
    promised = forms_of(Bundle({"forms/a.form": json.dumps(FORM).encode()}))
    assert list(lost_fields(promised, promised)) == []
    words, edit = FIELDS[name]
    edit(less := deepcopy(FORM))
    now = forms_of(Bundle({"forms/a.form": json.dumps(less).encode()}))
    assert any(words in text for _, text, _ in lost_fields(promised, now))
    assert [text for _, text, _ in lost_fields(promised, {})] == ["约定清单里的表单 a 没有了"]


def test_rules_of_tables_keep_what_they_ask_and_give():
    promised = tables_of(BOOK.decisions)
    assert list(lost_rules(promised, promised)) == []
    less = deepcopy(promised)
    rules = less["contract_check"]["rules"]
    names = list(rules)
    rules[names[0]]["then"] = ["null"]
    rules[names[1]]["if"] = {}
    del rules[names[2]]
    rules["other"] = rules.pop(names[3])  # only another id
    rules["more"] = {"if": {}, "then": ["1"], "article": ""}
    less["accountability"]["policy"] = "ANY"
    del less["scope_check"]
    places = [place for place, _, _ in lost_rules(promised, less)]
    assert places == ["accountability", *(f"contract_check/{n}" for n in names[:3]), "scope_check"]


SAME = [
    ("a + 1", "1 + a"),
    ('a = "yes" or a = "no"', 'a = "no" or a = "yes"'),
    ("if a = null then 0 else a", "if a != null then a else 0"),
    ("P3D", 'duration("P3D")'),
]
OTHER = [
    ("a >= 60", "a > 60"),
    ("a = 1 and b = 2", "a = 1 or b = 2"),
    ("a + settings.review_days", "a + settings.remind_before_days"),
    ("true", "false"),
    ("a", "b"),
    ("P3D", "P4D"),
    ("a", "a +"),
    ("0", "1"),
    (
        'every i in get entries(a) satisfies i.value = "agree"',
        'not(every i in get entries(a) satisfies i.value = "agree")',
    ),
]


@pytest.mark.parametrize("pair", SAME + OTHER)
def test_expressions_are_compared_by_what_they_come_to(pair):
    assert alike(*pair, BOOK.settings, BOOK.effects.clock) is (pair in SAME)


def _called(name, new, path):
    content = SHIPPED.files[path].replace(name.encode(), new.encode())
    return Bundle({**SHIPPED.files, path: content})


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("cosigners", "processes/setting_change.bpmn"),  # an output that members are drawn from
        ("grounds_found", "processes/termination.bpmn"),  # a result that an output reads
        ("asset_count", "processes/termination_settlement.bpmn"),  # an expression's own
    ],
)
def test_a_variable_may_be_called_otherwise(name, path):
    assert lost(_called(name, f"{name}_now", path)) == []


def test_a_fact_and_a_variable_called_otherwise_at_one_end_only_are_less():
    path = "processes/termination.bpmn"
    assert lost(_called("project_motion", "project_move", path))
    half = SHIPPED.files[path].replace(b"grounds_found:", b"grounds_now:")
    assert lost(Bundle({**SHIPPED.files, path: half}))
