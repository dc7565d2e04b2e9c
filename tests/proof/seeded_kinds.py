"""More kinds of faults: times, forms, participants, messages, members, decisions, settings, whole files.

`seeded.py` draws its own kinds for the figures that are told in docs/reference/proof.md, so these stand beside them.
"""

import json
import random
import re

from lxml import etree

from service.model.bundle import Bundle
from tests.proof.seeded import BPMN, SHIPPED, SPIFF, TASKS, led_on

NODES = (*TASKS, f"{BPMN}callActivity", f"{BPMN}sendTask", f"{BPMN}subProcess")
EVENTS = [
    f"{BPMN}{kind}"
    for kind in (
        "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    )
]  # fmt: skip
FORMS = sorted(SHIPPED.of_kind(".form"))
TURNS = [
    (">=", ">"), ("<=", "<"), (" > ", " >= "), (" < ", " <= "), (" = ", " != "), (" != ", " = "),
    (" and ", " or "), (" or ", " and "), (" + ", " - "), ("true", "false"), ("false", "true"),
]  # fmt: skip


def _own(prop):
    """The element that a property belongs to."""
    return prop.getparent().getparent().getparent()


def _props(root, *names):
    """Properties of any element whose name, or its family, is one of `names`."""
    return [
        p
        for p in root.iter(f"{SPIFF}property")
        if p.get("name") in names or p.get("name").partition(".")[0] in names
    ]


def _pick(rand, found):
    return rand.choice(found) if found else None


def _without(*names):
    def edit(root, rand):
        gone = _pick(rand, _props(root, *names))
        if gone is not None:
            said = f"drop {gone.get('name')} of {_own(gone).get('id')}"
            gone.getparent().remove(gone)
            return said

    return edit


def _other_value(*names):
    """A property says what the same property of another element says."""

    def edit(root, rand):
        one = _pick(rand, _props(root, *names))
        if one is None:
            return None
        family = one.get("name").partition(".")[0]
        others = sorted(
            {
                p.get("value")
                for source in SHIPPED.of_kind(".bpmn").values()
                for p in etree.fromstring(source).iter(f"{SPIFF}property")
                if p.get("name").partition(".")[0] == family
            }
            - {one.get("value")}
        )
        if others:
            was = one.get("value")
            one.set("value", rand.choice(others))
            return f"{one.get('name')} of {_own(one).get('id')}: {was} becomes {one.get('value')}"

    return edit


def _timer(root, rand):
    """Another number of days, another setting, a day less, or a plain duration."""
    one = _pick(rand, list(root.iter(f"{BPMN}timeDate", f"{BPMN}timeDuration")))
    if one is None:
        return None
    was = one.text
    ways = ["P30D", f'({was}) + duration("P20D")']
    ways += [was.replace(' + duration("P1D")', ""), was.replace('"P1D"', '"P60D"')]
    ways += [was.replace(name, "1") for name in re.findall(r"settings\.\w+", was)]
    one.text = rand.choice([w for w in ways if w != was])
    own = one.getparent().getparent().get("id")
    return f"timer of {own}: {was} becomes {one.text}"


def _event_name(root, rand):
    """An event waits for, or sends, another message or signal."""
    refs = [
        (n, a)
        for n in root.iter()
        if isinstance(n.tag, str)
        for a in ("messageRef", "signalRef")
        if n.get(a)
    ]
    if not refs:
        return None
    node, kind = rand.choice(refs)
    tag = f"{BPMN}{kind[:-3]}"
    names = sorted(
        {
            m.get("name")
            for source in SHIPPED.of_kind(".bpmn").values()
            for m in etree.fromstring(source).iter(tag)
        }
    )
    now = {m.get("id"): m.get("name") for m in root.iter(tag)}.get(node.get(kind))
    other = rand.choice([n for n in names if n != now])
    made = etree.Element(tag, id=f"other_{kind}", name=other)
    root.insert(0, made)
    node.set(kind, made.get("id"))
    holder = node if node.get("id") and node.tag in NODES else node.getparent()
    return f"{holder.get('id')}: {kind} {now} becomes {other}"


def _interrupting(root, rand):
    one = _pick(rand, list(root.iter(f"{BPMN}boundaryEvent")))
    if one is not None and one.find(f"{BPMN}errorEventDefinition") is None:
        now = "true" if one.get("cancelActivity") == "false" else "false"
        one.set("cancelActivity", now)
        return f"cancelActivity of {one.get('id')} becomes {now}"


def _called(root, rand):
    one = _pick(rand, list(root.iter(f"{BPMN}callActivity")))
    if one is not None:
        was = one.get("calledElement")
        names = [p.rpartition("/")[2][:-5] for p in sorted(SHIPPED.of_kind(".bpmn"))]
        one.set("calledElement", rand.choice([n for n in names if n != was]))
        return f"{one.get('id')} calls {one.get('calledElement')} for {was}"


def _members(root, rand):
    """The members of a multi-instance change, or when it is over, or there is only one."""
    one = _pick(rand, list(root.iter(f"{BPMN}multiInstanceLoopCharacteristics")))
    if one is None:
        return None
    own = one.getparent().get("id")
    way = rand.choice(["one", "sequence", "over", "list", "first"])
    if way == "one":
        one.getparent().remove(one)
    elif way == "sequence":
        one.set("isSequential", "false" if one.get("isSequential") == "true" else "true")
    elif way == "list":
        for ref in one.findall(f"{BPMN}loopDataInputRef"):
            ref.text = "experts"
    else:
        for over in one.findall(f"{BPMN}completionCondition"):
            one.remove(over)
        if way == "first":
            etree.SubElement(one, f"{BPMN}completionCondition").text = "nrOfCompletedInstances >= 1"
    return f"members of {own}: {way}"


def _lanes(root, rand):
    """Two lanes change their groups."""
    lanes = list(root.iter(f"{BPMN}lane"))
    if len(lanes) > 1:
        one, other = rand.sample(lanes, 2)
        for name in ("id", "name"):
            was = one.get(name)
            one.set(name, other.get(name))
            other.set(name, was)
        return f"lanes {one.get('id')} and {other.get('id')} change places"


def _lane_of(root, rand):
    """A lane belongs to another group of the county."""
    one = _pick(rand, list(root.iter(f"{BPMN}lane")))
    groups = sorted(re.findall(rb"- id: (\w+)|\{id: (\w+)", SHIPPED.files["processes/groups.yaml"]))
    names = sorted({(a or b).decode() for a, b in groups} - {x.get("id") for x in root.iter()})
    if one is not None and names:
        was = one.get("id")
        one.set("id", rand.choice(names))
        return f"lane {was} becomes {one.get('id')}"


def _signatories(root, rand):
    """Two tasks of different lanes change their lanes."""
    tasks = {t.get("id") for t in root.iter(f"{BPMN}userTask")}
    refs = [r for r in root.iter(f"{BPMN}flowNodeRef") if r.text in tasks]
    pairs = [
        (a, b)
        for n, a in enumerate(refs)
        for b in refs[n + 1 :]
        if a.getparent() is not b.getparent()
    ]
    if pairs:
        one, other = rand.choice(pairs)
        one.text, other.text = other.text, one.text
        return f"{one.text} and {other.text} change lanes"


def _turned(text, rand, base=TURNS):
    """An operator or a number of an expression is another, None when there is nothing to turn."""
    ways = [text.replace(a, b, 1) for a, b in base if a in text]
    ways += [
        text[: m.start()] + str(int(m[0]) + 1) + text[m.end() :]
        for m in re.finditer(r"(?<![\w.\"-])\d+(?![\w.])", text)
    ]
    ways = [w for w in ways if w != text]
    return rand.choice(ways) if ways else None


def _feel(*families):
    def edit(root, rand):
        found = [p for p in _props(root, *families) if _turned(p.get("value"), random.Random(1))]
        if found:
            one = rand.choice(found)
            was = one.get("value")
            one.set("value", _turned(was, rand))
            return f"{one.get('name')} of {_own(one).get('id')}: {was} becomes {one.get('value')}"

    return edit


def _comparison(root, rand):
    """An operator or a value of a condition is another."""
    one = _pick(rand, list(root.iter(f"{BPMN}conditionExpression")))
    if one is not None:
        was = one.text
        values = re.findall(r'"[^"]*"', was)
        ways = [_turned(was, rand)]
        ways += [was.replace(v, '"other"', 1) for v in values]
        one.text = rand.choice([w for w in ways if w] or ["true"])
        return f"condition {was} becomes {one.text}"


def _constant_in(root, rand):
    """An input of a decision is a constant that never refuses."""
    one = _pick(rand, _props(root, "in", "document"))
    if one is not None:
        was = one.get("value")
        one.set("value", rand.choice(["true", "false", "null", "0", "100"]))
        if one.get("value") != was:
            return f"{one.get('name')} of {_own(one).get('id')}: {was} becomes {one.get('value')}"


def _plain_event(root, rand):
    """An event loses what makes it more than a plain one."""
    found = [(n, d) for n in root.iter(*EVENTS) for d in n if d.tag.endswith("EventDefinition")]
    if found:
        node, gone = rand.choice(found)
        node.remove(gone)
        return f"{node.get('id')} without {etree.QName(gone).localname}"


def _no_boundary(root, rand):
    """A boundary event goes, with its flow; what only it led to goes too."""
    one = _pick(rand, list(root.iter(f"{BPMN}boundaryEvent")))
    if one is not None:
        own = one.get("id")
        _gone(root, one)
        return f"no {own}"


def _gone(root, node):
    """Take a node away, its flows, and what is then without a way in."""
    own = node.get("id")
    for flow in [
        f
        for f in root.iter(f"{BPMN}sequenceFlow")
        if own in (f.get("sourceRef"), f.get("targetRef"))
    ]:
        _no_flow(root, flow)
        if flow.get("sourceRef") == own:
            after = next(n for n in root.iter() if n.get("id") == flow.get("targetRef"))
            if not any(
                f.get("targetRef") == after.get("id") for f in root.iter(f"{BPMN}sequenceFlow")
            ):
                _gone(root, after)
    for ref in [r for r in root.iter(f"{BPMN}flowNodeRef") if r.text == own]:
        ref.getparent().remove(ref)
    if node.getparent() is not None:
        node.getparent().remove(node)


def _no_flow(root, flow):
    for ref in [*root.iter(f"{BPMN}incoming"), *root.iter(f"{BPMN}outgoing")]:
        if ref.text == flow.get("id"):
            ref.getparent().remove(ref)
    if flow.getparent() is not None:
        flow.getparent().remove(flow)


def _skip(*kinds):
    """A node of these kinds is taken out; what led to it leads on."""

    def edit(root, rand):
        nodes = [
            n
            for n in root.iter(*(f"{BPMN}{k}" for k in kinds))
            if len(n.findall(f"{BPMN}outgoing")) == 1 and n.findall(f"{BPMN}incoming")
        ]
        if not nodes:
            return None
        node = rand.choice(nodes)
        own = node.get("id")
        after = led_on(root, own)
        for border in [
            b for b in root.iter(f"{BPMN}boundaryEvent") if b.get("attachedToRef") == own
        ]:
            _gone(root, border)
        after.getparent().remove(after)
        for ref in [r for r in root.iter(f"{BPMN}flowNodeRef") if r.text == own]:
            ref.getparent().remove(ref)
        node.getparent().remove(node)
        return f"pass by {own}"

    return edit


def _no_branch(root, rand):
    """A branch between two parallel gateways is taken away."""
    splits = [
        g for g in root.iter(f"{BPMN}parallelGateway") if len(g.findall(f"{BPMN}outgoing")) > 1
    ]
    gate = _pick(rand, splits)
    if gate is None:
        return None
    flows = {f.get("id"): f for f in root.iter(f"{BPMN}sequenceFlow")}
    flow = flows[rand.choice(gate.findall(f"{BPMN}outgoing")).text]
    node = next(n for n in root.iter() if n.get("id") == flow.get("targetRef"))
    onward = [f for f in flows.values() if f.get("sourceRef") == node.get("id")]
    if len(onward) == 1:
        said = f"no branch {node.get('id')} of {gate.get('id')}"
        for border in [
            b for b in root.iter(f"{BPMN}boundaryEvent") if b.get("attachedToRef") == node.get("id")
        ]:
            _gone(root, border)
        _no_flow(root, flow)
        _no_flow(root, onward[0])
        _gone(root, node)
        return said


def _swapped_steps(root, rand):
    """Two tasks that follow each other change places (what they are, not where they stand)."""
    tasks = {t.get("id"): t for t in root.iter(*TASKS)}
    pairs = [
        (tasks[f.get("sourceRef")], tasks[f.get("targetRef")])
        for f in root.iter(f"{BPMN}sequenceFlow")
        if f.get("sourceRef") in tasks and f.get("targetRef") in tasks
    ]
    if pairs:
        one, other = rand.choice(pairs)
        for f in root.iter(f"{BPMN}sequenceFlow"):
            for end in ("sourceRef", "targetRef"):
                swap = {one.get("id"): other.get("id"), other.get("id"): one.get("id")}
                f.set(end, swap.get(f.get(end), f.get(end)))
        for kind in ("incoming", "outgoing"):
            mine, yours = one.findall(f"{BPMN}{kind}"), other.findall(f"{BPMN}{kind}")
            texts = [r.text for r in mine], [r.text for r in yours]
            if len(mine) != len(yours):
                return None
            for ref, text in zip(mine, texts[1], strict=True):
                ref.text = text
            for ref, text in zip(yours, texts[0], strict=True):
                ref.text = text
        return f"{one.get('id')} and {other.get('id')} change places"


def _values(root, rand):
    """One of the values of an output is called otherwise, or gone."""
    found = [p for p in _props(root, "outputs") if "|" in p.get("value")]
    one = _pick(rand, found)
    if one is not None:
        was = one.get("value")
        value = rand.choice(re.findall(r"(?<=[:|])\w+(?=[|])|(?<=\|)\w+", was))
        now = rand.choice([was.replace(f"{value}|", "", 1), was.replace(value, f"{value}x", 1)])
        if now != was:
            one.set("value", now)
            return f"outputs of {_own(one).get('id')}: {was} becomes {now}"


def _fewer_outputs(root, rand):
    found = [p for p in _props(root, "outputs") if ";" in p.get("value")]
    one = _pick(rand, found)
    if one is not None:
        parts = one.get("value").split(";")
        gone = parts.pop(rand.randrange(len(parts)))
        one.set("value", ";".join(parts))
        return f"outputs of {_own(one).get('id')} without {gone.strip()}"


def _fewer_sets(root, rand):
    found = _props(root, "sets")
    one = _pick(rand, found)
    if one is not None:
        parts = one.get("value").split(";")
        at = rand.randrange(len(parts))
        gone = parts[at]
        if len(parts) > 1 and rand.random() < 0.5:
            parts.pop(at)
            said = f"sets of {_own(one).get('id')} without {gone.strip()}"
        else:
            name = gone.partition(":")[0]
            others = sorted(
                {
                    part.strip()
                    for source in SHIPPED.of_kind(".bpmn").values()
                    for p in etree.fromstring(source).iter(f"{SPIFF}property")
                    if p.get("name") == "sets"
                    for part in p.get("value").split(";")
                    if part.strip().startswith(f"{name.strip()}:")
                }
                - {gone.strip()}
            )
            if not others:
                return None
            parts[at] = rand.choice(others)
            said = f"sets of {_own(one).get('id')}: {gone.strip()} becomes {parts[at]}"
        one.set("value", ";".join(parts))
        return said


def _policy(root, rand):
    table = _pick(rand, list(root.iter("{*}decisionTable")))
    if table is not None:
        was = table.get("hitPolicy", "UNIQUE")
        table.set(
            "hitPolicy", rand.choice([p for p in ("UNIQUE", "FIRST", "COLLECT", "ANY") if p != was])
        )
        table.attrib.pop("aggregation", None)
        return f"hit policy {was} becomes {table.get('hitPolicy')}"


def _rule_order(root, rand):
    rules = list(root.iter("{*}rule"))
    if len(rules) > 1:
        one = rand.choice(rules[1:])
        place = one.getparent()
        at = place.index(one)
        place.insert(at - 1, one)
        return f"rule {one.get('id')} one place up"


def _result(root, rand):
    """A rule gives what another rule gives, or nothing at all."""
    cells = [e for e in root.iter("{*}outputEntry") if e[0].text]
    one = _pick(rand, cells)
    if one is not None:
        was = one[0].text
        column = list(one.getparent().iter("{*}outputEntry")).index(one)
        others = sorted(
            {list(r.iter("{*}outputEntry"))[column][0].text for r in root.iter("{*}rule")}
            - {was, None}
        )
        one[0].text = rand.choice([*others, '""'])
        return f"{one.getparent().get('id')} gives {one[0].text} for {was}"


def _cell_turned(root, rand):
    cells = [
        e for e in root.iter("{*}inputEntry") if e[0].text and _turned(e[0].text, random.Random(1))
    ]
    one = _pick(rand, cells)
    if one is not None:
        was = one[0].text
        one[0].text = _turned(was, rand)
        return f"{one.getparent().get('id')}: {was} becomes {one[0].text}"


def _column(root, rand):
    """A column of a table reads another input."""
    found = [e for e in root.iter("{*}inputExpression") if len(e) and e[0].text]
    if len(found) > 1:
        one, other = rand.sample(found, 2)
        one[0].text, other[0].text = other[0].text, one[0].text
        return f"columns {one[0].text} and {other[0].text} change places"


def _rule_article(root, rand):
    """A rule cites another clause."""
    notes = [
        e for e in root.iter("{*}annotationEntry") if re.fullmatch(r"[\d.i ]+", e[0].text or "")
    ]
    if len(notes) > 1:
        one, other = rand.sample(notes, 2)
        if one[0].text != other[0].text:
            was, one[0].text = one[0].text, other[0].text
            return f"{one.getparent().get('id')} cites {one[0].text} for {was}"


def _form(path, rand):
    """(what, new content): a field is gone, need not be filled, or has a choice less."""
    form = json.loads(SHIPPED.files[path])
    fields = list(_fields(form))
    way = rand.choice(["gone", "free", "choice"])
    if way == "gone" and fields:
        holder, one = rand.choice(fields)
        holder.remove(one)
    elif way == "free":
        fields = [f for _, f in fields if f.get("validate", {}).get("required")]
        if not fields:
            return None
        one = rand.choice(fields)
        del one["validate"]["required"]
    else:
        fields = [f for _, f in fields if len(f.get("values") or ()) > 1]
        if not fields:
            return None
        one = rand.choice(fields)
        one["values"].pop(rand.randrange(len(one["values"])))
    return f"{one.get('key')} {way}", json.dumps(form, ensure_ascii=False).encode()


def _fields(part):
    for one in part.get("components") or ():
        if one.get("key"):
            yield part["components"], one
        yield from _fields(one)


def _setting(rand):
    """(what, new content): a setting begins with another value, or has no floor."""
    path = "processes/settings.yaml"
    text = SHIPPED.files[path].decode()
    found = list(re.finditer(r"^  (default|floor|ceiling): ([\d.]+)$", text, re.M))
    one = rand.choice(found)
    name = re.findall(r"- id: (\w+)", text[: one.start()])[-1]
    now = rand.choice(["0", str(float(one[2]) * 2), str(float(one[2]) / 2)])
    return f"{name} {one[1]} {one[2]} becomes {now}", (
        text[: one.start()] + f"  {one[1]}: {now}" + text[one.end() :]
    ).encode()


DIAGRAM_KINDS = {
    "timer changed": _timer,
    "message of another name": _event_name,
    "boundary interrupts or not": _interrupting,
    "another process called": _called,
    "members changed": _members,
    "lanes swapped": _lanes,
    "lane of another group": _lane_of,
    "signatories swapped": _signatories,
    "form exchanged": _other_value("form"),
    "due dropped": _without("due"),
    "due changed": _other_value("due"),
    "duty dropped": _without("duty"),
    "duty changed": _other_value("duty"),
    "word dropped": _without("agent", "return", "clock", "publishes", "unit", "group", "person"),
    "notice dropped": _without("notify", "send", "assigns"),
    "gate exchanged": _other_value("gate"),
    "documents or foresight dropped": _without("documents", "foresees"),
    "article of another clause": _other_value("article"),
    "act of another step": _other_value("act"),
    "expression changed": _feel("out", "in", "due", "unit", "group", "person", "send", "document"),
    "condition changed": _comparison,
    "input made constant": _constant_in,
    "event made plain": _plain_event,
    "boundary event removed": _no_boundary,
    "rule or send task passed by": _skip("businessRuleTask", "serviceTask", "sendTask", "intermediateThrowEvent"),
    "wait or call passed by": _skip("intermediateCatchEvent", "callActivity", "subProcess"),
    "parallel branch removed": _no_branch,
    "steps swapped": _swapped_steps,
    "value renamed": _values,
    "one output dropped": _fewer_outputs,
    "sets changed": _fewer_sets,
    "start changed": _without("project", "starters"),
    "operator changed": _other_value("operator"),
}  # fmt: skip
TABLE_KINDS = {
    "hit policy": _policy,
    "order of rules": _rule_order,
    "result changed": _result,
    "cell turned": _cell_turned,
    "columns swapped": _column,
    "rule cites another clause": _rule_article,
}
FILE_KINDS = ("file removed", "field of a form", "setting changed")
KINDS = (*sorted({**DIAGRAM_KINDS, **TABLE_KINDS}), *FILE_KINDS)


def more_faults(seed, count):
    """(kind, where, bundle) of `count` faults of these kinds drawn by a seed."""
    rand = random.Random(seed)
    found = []
    while len(found) < count:
        kind = rand.choice(KINDS)
        one = _file(kind, rand) if kind in FILE_KINDS else _edit(kind, rand)
        if one:
            found.append((kind, *one))
    return found


def _edit(kind, rand):
    kinds, ending = (TABLE_KINDS, ".dmn") if kind in TABLE_KINDS else (DIAGRAM_KINDS, ".bpmn")
    path = rand.choice(sorted(SHIPPED.of_kind(ending)))
    root = etree.fromstring(SHIPPED.files[path])
    said = kinds[kind](root, rand)
    if said:
        return f"{path}: {said}", Bundle({**SHIPPED.files, path: etree.tostring(root)})
    return None


def _file(kind, rand):
    if kind == "file removed":
        path = rand.choice([*SHIPPED.of_kind(".bpmn"), *SHIPPED.of_kind(".dmn")])
        files = {p: c for p, c in SHIPPED.files.items() if p != path}
        return f"no {path}", Bundle(files)
    if kind == "setting changed":
        path, made = "processes/settings.yaml", _setting(rand)
    else:
        path = rand.choice(FORMS)
        made = _form(path, rand)
    if made is None:
        return None
    return f"{path}: {made[0]}", Bundle({**SHIPPED.files, path: made[1]})
