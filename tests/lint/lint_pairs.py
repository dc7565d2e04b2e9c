"""For every rule a bundle that keeps it and one that breaks it, as swaps of text in a small sound bundle."""

from service.model.bundle import Bundle

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="t">'
)


def props(**said):
    inside = "".join(
        f'<s:property name="{n.replace("__", ".")}" value="{v}"/>' for n, v in said.items()
    )
    return f"<extensionElements><s:properties>{inside}</s:properties></extensionElements>"


FIRST = "processes/review.bpmn"
DIAGRAM = f"""{HEAD}
<message id="m_told" name="told"/>
<error id="e_wrong" name="wrong" errorCode="WRONG"/>
<process id="review" isExecutable="true">
<laneSet id="ls"><lane id="desk" name="办理组">
<flowNodeRef>wanted</flowNodeRef><flowNodeRef>examine</flowNodeRef><flowNodeRef>judge</flowNodeRef>
<flowNodeRef>good</flowNodeRef><flowNodeRef>told_them</flowNodeRef><flowNodeRef>refused</flowNodeRef>
<flowNodeRef>overdue</flowNodeRef><flowNodeRef>reminded</flowNodeRef><flowNodeRef>again</flowNodeRef>
<flowNodeRef>count</flowNodeRef></lane></laneSet>
<startEvent id="wanted">{props(article="1.1", project="none")}<outgoing>f1</outgoing></startEvent>
<userTask id="examine">{props(article="1.1", act="a.examine", duty="review", agent="no", clock="stops", form="opinion", outputs="view:yes|no; sum:number", out__sum="1", due="working days after(today(), settings.days)")}<incoming>f1</incoming><outgoing>f2</outgoing></userTask>
<boundaryEvent id="overdue" attachedToRef="examine" cancelActivity="false">{props(article="1.1")}<outgoing>f7</outgoing><timerEventDefinition id="t1"><timeDate>due_on + duration("P1D")</timeDate></timerEventDefinition></boundaryEvent>
<endEvent id="reminded">{props(article="1.1", notify="desk", send__day="today()")}<incoming>f7</incoming><messageEventDefinition id="md1" messageRef="m_told"/></endEvent>
<businessRuleTask id="judge"><extensionElements><s:calledDecisionId>fit</s:calledDecisionId><s:properties><s:property name="article" value="1.1"/><s:property name="outputs" value="fits:yes|no"/><s:property name="in.ok" value="view = &quot;yes&quot;"/></s:properties></extensionElements><incoming>f2</incoming><outgoing>f3</outgoing></businessRuleTask>
<exclusiveGateway id="good" default="f5">{props(article="1.1")}<incoming>f3</incoming><outgoing>f4</outgoing><outgoing>f5</outgoing></exclusiveGateway>
<callActivity id="again" calledElement="other">{props(article="1.1")}<incoming>f4</incoming><outgoing>f6</outgoing></callActivity>
<serviceTask id="count">{props(article="1.1", operator="count_projects", outputs="unit_projects:number; predecessor_status:string")}<incoming>f6</incoming><outgoing>f8</outgoing></serviceTask>
<endEvent id="told_them">{props(article="1.1")}<incoming>f8</incoming></endEvent>
<endEvent id="refused">{props(article="1.1")}<incoming>f5</incoming></endEvent>
<sequenceFlow id="f1" sourceRef="wanted" targetRef="examine"/>
<sequenceFlow id="f2" sourceRef="examine" targetRef="judge"/>
<sequenceFlow id="f3" sourceRef="judge" targetRef="good"/>
<sequenceFlow id="f4" sourceRef="good" targetRef="again"><conditionExpression>fits = "yes"</conditionExpression></sequenceFlow>
<sequenceFlow id="f5" sourceRef="good" targetRef="refused"/>
<sequenceFlow id="f6" sourceRef="again" targetRef="count"/>
<sequenceFlow id="f7" sourceRef="overdue" targetRef="reminded"/>
<sequenceFlow id="f8" sourceRef="count" targetRef="told_them"/>
</process></definitions>"""
SECOND = "processes/other.bpmn"
OTHER = f"""{HEAD}
<message id="m_told" name="told"/>
<process id="other" isExecutable="true">
<laneSet id="ls"><lane id="desk"><flowNodeRef>begun</flowNodeRef><flowNodeRef>sign</flowNodeRef><flowNodeRef>both</flowNodeRef><flowNodeRef>joined</flowNodeRef><flowNodeRef>one</flowNodeRef><flowNodeRef>waited</flowNodeRef><flowNodeRef>done</flowNodeRef></lane></laneSet>
<startEvent id="begun">{props(article="1.1")}<outgoing>g1</outgoing></startEvent>
<parallelGateway id="both">{props(article="1.1")}<incoming>g1</incoming><outgoing>g2</outgoing><outgoing>g3</outgoing></parallelGateway>
<userTask id="sign">{props(article="1.1", act="a.sign", form="opinion", outputs="view:yes|no")}<incoming>g2</incoming><outgoing>g4</outgoing><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
<intermediateCatchEvent id="waited">{props(article="1.1", outputs="day:date")}<incoming>g3</incoming><outgoing>g5</outgoing><messageEventDefinition id="md2" messageRef="m_told"/></intermediateCatchEvent>
<parallelGateway id="joined"><incoming>g4</incoming><incoming>g5</incoming><outgoing>g6</outgoing></parallelGateway>
<endEvent id="done">{props(article="1.1")}<incoming>g6</incoming></endEvent>
<sequenceFlow id="g1" sourceRef="begun" targetRef="both"/><sequenceFlow id="g2" sourceRef="both" targetRef="sign"/>
<sequenceFlow id="g3" sourceRef="both" targetRef="waited"/><sequenceFlow id="g4" sourceRef="sign" targetRef="joined"/>
<sequenceFlow id="g5" sourceRef="waited" targetRef="joined"/><sequenceFlow id="g6" sourceRef="joined" targetRef="done"/>
</process></definitions>"""
T = "processes/fit.dmn"
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="fit" namespace="t">
<inputData id="i_ok" name="ok"><variable id="v_ok" name="ok" typeRef="boolean"/></inputData>
<decision id="fit" name="fit"><variable id="v_fit" name="fit"/><informationRequirement id="r1"><requiredInput href="#i_ok"/></informationRequirement>
<decisionTable id="t_fit" hitPolicy="UNIQUE"><input id="c1" label="ok"><inputExpression id="x1" typeRef="boolean"><text>ok</text></inputExpression></input>
<output id="o1" name="fits" typeRef="string"/><annotation name="条款"/>
<rule id="r_yes"><inputEntry id="a1"><text>true</text></inputEntry><outputEntry id="a2"><text>"yes"</text></outputEntry><annotationEntry><text>1.1</text></annotationEntry></rule>
<rule id="r_no"><inputEntry id="a3"><text>not(true)</text></inputEntry><outputEntry id="a4"><text>"no"</text></outputEntry><annotationEntry><text>1.1</text></annotationEntry></rule>
</decisionTable></decision></definitions>"""
F = "forms/opinion.form"
FORM = '{"id": "opinion", "type": "default", "schemaVersion": 16, "components": [{"type": "radio", "key": "view", "label": "意见", "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}]}]}'
S = "processes/settings.yaml"
FILES = {
    FIRST: DIAGRAM,
    SECOND: OTHER,
    T: TABLE,
    F: FORM,
    S: "settings:\n- {id: days, type: number, default: 5, meaning: 期限, clauses: ['1.1']}\n",
    "processes/groups.yaml": "groups:\n- {id: desk, name: 办理组, unit: office}\nunits:\n- {id: office, name: 办公室}\n",
    "processes/clauses.yaml": "title: 办法\narticles:\n- {number: 1, chapter: 总则, text: 应当审核。}\nclauses:\n- {id: '1.1', article: 1, kind: duty, text: 应当审核}\n",
}
SOUND = Bundle({path: text.encode() for path, text in FILES.items()})


def swap(path, *swaps, base=SOUND):
    text = base.files[path].decode()
    for old, new in swaps:
        assert old in text, (path, old)
        text = text.replace(old, new, 1)
    return Bundle({**base.files, path: text.encode()})


def _nodes(count):
    return "".join(f'<endEvent id="e{i}"/>' for i in range(count))


LOOPED = (
    ('<sequenceFlow id="g6" sourceRef="joined" targetRef="done"/>',
     '<sequenceFlow id="g6" sourceRef="joined" targetRef="sign"/>'),
    ("<incoming>g6</incoming>", ""), ("<incoming>g2</incoming>", "<incoming>g2</incoming><incoming>g6</incoming>"),
)  # fmt: skip
CAUGHT = (
    '<boundaryEvent id="caught_{0}" attachedToRef="{0}">'
    + props(article="1.1")
    + '<outgoing>h_{0}</outgoing><errorEventDefinition id="ed_{0}" errorRef="e_wrong"/></boundaryEvent><endEvent id="ended_{0}">'
    + props(article="1.1")
    + '<incoming>h_{0}</incoming></endEvent><sequenceFlow id="h_{0}" sourceRef="caught_{0}" targetRef="ended_{0}"/>'
)
ERROR = '<error id="e_wrong" name="wrong" errorCode="WRONG"/>'
SCOPE = (
    ("<incoming>f8</incoming>", "<incoming>f9</incoming>"),
    ('sourceRef="count" targetRef="told_them"/>',
     f'sourceRef="count" targetRef="split"/><inclusiveGateway id="split" default="k1">{props(article="1.1")}<incoming>f8</incoming><outgoing>k1</outgoing><outgoing>k2</outgoing></inclusiveGateway>'
     f'<exclusiveGateway id="before"><incoming>k1</incoming>BACK<outgoing>k3</outgoing></exclusiveGateway><callActivity id="loop" calledElement="other">{props(article="1.1")}<incoming>k3</incoming><outgoing>k4</outgoing></callActivity>'
     f'<exclusiveGateway id="more" default="k5">{props(article="1.1")}<incoming>k4</incoming><outgoing>k5</outgoing>MORE</exclusiveGateway>'
     f'<inclusiveGateway id="join"><incoming>k5</incoming><incoming>k2</incoming><outgoing>f9</outgoing></inclusiveGateway>'
     '<sequenceFlow id="k1" sourceRef="split" targetRef="before"/><sequenceFlow id="k2" sourceRef="split" targetRef="join"><conditionExpression>fits = "yes"</conditionExpression></sequenceFlow>'
     '<sequenceFlow id="k3" sourceRef="before" targetRef="loop"/><sequenceFlow id="k4" sourceRef="loop" targetRef="more"/><sequenceFlow id="k5" sourceRef="more" targetRef="join"/>FLOW'
     '<sequenceFlow id="f9" sourceRef="join" targetRef="told_them"/>'),
)  # fmt: skip
BACK = '<sequenceFlow id="k6" sourceRef="more" targetRef="before"><conditionExpression>fits = "yes"</conditionExpression></sequenceFlow>'
STRAIGHT = swap(FIRST, *SCOPE, ("BACK", ""), ("MORE", ""), ("FLOW", ""))
ROUND = swap(
    FIRST,
    *SCOPE,
    ("BACK", "<incoming>k6</incoming>"),
    ("MORE", "<outgoing>k6</outgoing>"),
    ("FLOW", BACK),
)
INNER = swap(
    SECOND,
    ("<process ", ERROR + "<process "),
    ("<sequenceFlow ", CAUGHT.format("sign") + "<sequenceFlow "),
)
PRINT = "forms/print/paper.yaml"

# rule -> (a bundle that keeps it, one that breaks it)
PAIRS = {
    "readable": (SOUND, swap(FIRST, ("</process>", ""))),
    "engine": (SOUND, swap(FIRST, ("<startEvent id=\"wanted\">", '<startEvent id="wanted" x="1">'), ('name="project" value="none"', 'name="project" value="none"'))),
    "too-large": (swap(FIRST, ("<sequenceFlow ", "<sequenceFlow ")), swap(FIRST, ("<sequenceFlow ", _nodes(400) + "<sequenceFlow "))),
    "file-name": (SOUND, Bundle({**{p: s for p, s in SOUND.files.items() if p != SECOND}, "processes/elsewhere.bpmn": SOUND.files[SECOND]})),
    "table-faults": (SOUND, swap(T, ("not(true)", "null"))),
    "setting-declared": (SOUND, swap(F, ('"意见"', '"意见", "description": "settings.dayz"'))),
    "setting-read": (SOUND, swap(S, ("settings:\n", "settings:\n- {id: idle, type: number, default: 1, meaning: 无, clauses: ['1.1']}\n"))),
    "question": (
        SOUND,
        Bundle({**SOUND.files, "processes/questions.yaml": b"questions:\n- {id: q}\n"}),
    ),
    "sheet": (SOUND, Bundle({**SOUND.files, PRINT: b"id: paper\n"})),
    "element-kind": (SOUND, swap(FIRST, ('<userTask id="examine">', '<manualTask id="examine">'), ("</userTask>", "</manualTask>"))),
    "event-kind": (SOUND, swap(FIRST, ('<timerEventDefinition id="t1"><timeDate>due_on + duration("P1D")</timeDate></timerEventDefinition>', '<conditionalEventDefinition id="t1"/>'))),
    "id-is-snake-case": (SOUND, swap(SECOND, *[('"sign"', '"Sign"')] * 3, ("<flowNodeRef>sign", "<flowNodeRef>Sign"))),
    "event-has-name": (SOUND, swap(SECOND, (' messageRef="m_told"', ""))),
    "timer-has-value": (SOUND, swap(FIRST, ('<timeDate>due_on + duration("P1D")</timeDate>', ""))),
    "timer-cycle": (SOUND, swap(FIRST, ("<timeDate>", "<timeCycle>"), ("</timeDate>", "</timeCycle>"))),
    "legal-months": (SOUND, swap(FIRST, ('<timeDate>due_on + duration("P1D")</timeDate>', "<timeDuration>P3M</timeDuration>"))),
    "start-kind": (SOUND, swap(SECOND, ("<outgoing>g1</outgoing>", '<outgoing>g1</outgoing><terminateEventDefinition id="x"/>'))),
    "start-by-date": (SOUND, swap(SECOND, ("<outgoing>g1</outgoing>", '<outgoing>g1</outgoing><timerEventDefinition id="x"><timeDuration>P1D</timeDuration></timerEventDefinition>'))),
    "foresees-rule": (SOUND, swap(FIRST, ('<s:property name="form" value="opinion"/>', '<s:property name="form" value="opinion"/><s:property name="foresees" value="nothing"/>'))),
    "known-property": (SOUND, swap(FIRST, ('name="act"', 'name="akt"'))),
    "agent-no": (SOUND, swap(FIRST, ('name="agent" value="no"', 'name="agent" value="yes"'))),
    "known-duty": (SOUND, swap(FIRST, ('value="review"', 'value="revue"'))),
    "known-word": (SOUND, swap(FIRST, ('name="clock" value="stops"', 'name="clock" value="halts"'))),
    "variable-name": (SOUND, swap(FIRST, ("fits:yes|no", "fits:yes|no; Fits:yes"))),
    "known-clause": (SOUND, swap(FIRST, ('name="article" value="1.1"', 'name="article" value="9.9"'))),
    "task-has-form": (SOUND, swap(FIRST, ('<s:property name="form" value="opinion"/>', ""))),
    "known-form": (SOUND, swap(FIRST, ('name="form" value="opinion"', 'name="form" value="opinio"'))),
    "task-in-lane": (SOUND, swap(FIRST, ("<flowNodeRef>examine</flowNodeRef>", ""))),
    "known-group": (SOUND, swap(FIRST, ('name="notify" value="desk"', 'name="notify" value="disk"'))),
    "known-decision": (SOUND, swap(FIRST, ("calledDecisionId>fit<", "calledDecisionId>fat<"))),
    "rule-has-decision": (SOUND, swap(FIRST, ("<s:calledDecisionId>fit</s:calledDecisionId>", ""))),
    "known-process": (SOUND, swap(FIRST, ('calledElement="other"', 'calledElement="another"'))),
    "service-has-operator": (SOUND, swap(FIRST, ('<s:property name="operator" value="count_projects"/>', ""))),
    "loop-has-members": (SOUND, swap(SECOND, ("<loopCardinality>2</loopCardinality>", ""))),
    "feel": (SOUND, swap(FIRST, ('fits = "yes"</cond', "fits = = 1</cond"))),
    "one-start": (SOUND, swap(FIRST, ("<sequenceFlow ", f'<startEvent id="second">{props(article="1.1")}</startEvent><sequenceFlow '))),
    "unique-id": (SOUND, swap(FIRST, ('id="t1"', 'id="md1"'))),
    "flow-exists": (SOUND, swap(FIRST, ("<outgoing>f8</outgoing>", "<outgoing>f99</outgoing>"))),
    "flow-ends": (SOUND, swap(FIRST, ('targetRef="told_them"', 'targetRef="nowhere"'))),
    "gateway-has-default": (SOUND, swap(FIRST, (' default="f5"', ""))),
    "flow-has-condition": (SOUND, swap(FIRST, ('<conditionExpression>fits = "yes"</conditionExpression>', ""))),
    "no-implicit-split": (SOUND, swap(SECOND, ("<outgoing>g1</outgoing>", "<outgoing>g1</outgoing><outgoing>g3</outgoing>"))),
    "event-gateway": (SOUND, swap(SECOND, ('<parallelGateway id="both">', '<eventBasedGateway id="both">'), ("</parallelGateway>", "</eventBasedGateway>"))),
    "join-in-loop": (SOUND, swap(SECOND, *LOOPED)),
    "inclusive-loop": (STRAIGHT, ROUND),
    "declared-variable": (SOUND, swap(FIRST, ('fits = "yes"</cond', 'fitz = "yes"</cond'))),
    "error-caught-once": (INNER, swap(FIRST, ("<sequenceFlow ", CAUGHT.format("again") + "<sequenceFlow "), base=INNER)),
    "article-cited": (SOUND, swap(FIRST, ('<s:property name="article" value="1.1"/>', ""))),
    "act-cited": (SOUND, swap(FIRST, ('<s:property name="act" value="a.examine"/>', ""))),
    "output-given": (SOUND, swap(FIRST, ('<s:property name="out.sum" value="1"/>', ""))),
    "choices-agree": (SOUND, swap(F, (', {"value": "no", "label": "不同意"}', ""))),
    "output-kept": (SOUND, swap(FIRST, ('<s:property name="outputs" value="fits:yes|no"/>', ""))),
    "operator-asked": (SOUND, swap(FIRST, ('value="count_projects"', 'value="is_listed"'))),
    "condition-read": (SOUND, swap(SECOND, ('<sequenceFlow id="g3" sourceRef="both" targetRef="waited"/>', '<sequenceFlow id="g3" sourceRef="both" targetRef="waited"><conditionExpression>view = "yes"</conditionExpression></sequenceFlow>'))),
    "input-bound": (SOUND, swap(FIRST, ('<s:property name="in.ok" value="view = &quot;yes&quot;"/>', ""))),
    "input-known": (SOUND, swap(FIRST, ('name="in.ok"', 'name="in.okay"'))),
    "input-type": (SOUND, swap(FIRST, ('<s:property name="in.ok" value="view = &quot;yes&quot;"/>', ""), ("view:yes|no; sum:number", "view:yes|no; ok:yes|no; sum:number"), ('name="out.sum" value="1"', 'name="out.ok" value="view"/><s:property name="out.sum" value="1"'))),
    "due-read": (SOUND, swap(FIRST, ('<s:property name="due" value="working days after(today(), settings.days)"/>', ""))),
    "message-carries": (SOUND, swap(FIRST, ('<s:property name="send.day" value="today()"/>', ""))),
}  # fmt: skip
