"""Faults put into the shipped bundle by a seed, and edits that do no harm."""

import random
from copy import deepcopy

from lxml import etree

from service.model.bundle import Bundle, read_bundle
from tests.proof.mutation import ROOT

SHIPPED = read_bundle(ROOT)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
TASKS = [f"{BPMN}{kind}" for kind in ("userTask", "businessRuleTask", "serviceTask")]


def _props(root, *families):
    """Properties of tasks whose name is one of `families`, or begins with it and a dot."""
    return [
        p
        for task in root.iter(*TASKS)
        for p in task.iter(f"{SPIFF}property")
        if p.get("name").partition(".")[0] in families
    ]


def _drop(*families):
    def edit(root, rand):
        found = _props(root, *families)
        if found:
            gone = rand.choice(found)
            own = gone.getparent().getparent().getparent().get("id")
            gone.getparent().remove(gone)
            return f"drop {gone.get('name')} of {own}"

    return edit


def led_on(root, own):
    """What led to a node leads to what came after it; returns the flow that left it."""
    flows = list(root.iter(f"{BPMN}sequenceFlow"))
    (after,) = [f for f in flows if f.get("sourceRef") == own]
    target = next(n for n in root.iter() if n.get("id") == after.get("targetRef"))
    for ref in target.findall(f"{BPMN}incoming"):
        if ref.text == after.get("id"):
            target.remove(ref)
    at = [i for i, c in enumerate(target) if c.tag.endswith("}extensionElements")]
    for flow in flows:
        if flow.get("targetRef") == own:
            flow.set("targetRef", after.get("targetRef"))
            ref = etree.Element(f"{BPMN}incoming")
            ref.text = flow.get("id")
            target.insert(at[0] + 1 if at else 0, ref)
    return after


def _pass_by(root, rand):
    """A task is taken out; what led to it leads on."""
    tasks = [t for t in root.iter(f"{BPMN}userTask") if len(t.findall(f"{BPMN}outgoing")) == 1]
    if not tasks:
        return None
    task = rand.choice(tasks)
    own = task.get("id")
    after = led_on(root, own)
    gone = [
        task,
        after,
        *(b for b in root.iter(f"{BPMN}boundaryEvent") if b.get("attachedToRef") == own),
    ]
    gone += [r for r in root.iter(f"{BPMN}flowNodeRef") if r.text == own]
    for node in gone:
        node.getparent().remove(node)
    return f"pass by {own}"


def _condition(root, rand):
    found = list(root.iter(f"{BPMN}conditionExpression"))
    if found:
        one = rand.choice(found)
        was, one.text = one.text, f"not({one.text})"
        return f"condition {was}"


def _default(root, rand):
    found = [g for g in root.iter(f"{BPMN}exclusiveGateway") if g.get("default")]
    if found:
        gateway = rand.choice(found)
        others = [
            o.text for o in gateway.findall(f"{BPMN}outgoing") if o.text != gateway.get("default")
        ]
        if others:
            gateway.set("default", rand.choice(others))
            return f"default of {gateway.get('id')}"


def _kind(root, rand):
    found = [*root.iter(f"{BPMN}parallelGateway"), *root.iter(f"{BPMN}exclusiveGateway")]
    if found:
        gateway = rand.choice(found)
        other = "exclusiveGateway" if gateway.tag.endswith("parallelGateway") else "parallelGateway"
        gateway.tag = f"{BPMN}{other}"
        return f"kind of {gateway.get('id')}"


def _lead(root, rand):
    """A flow ends elsewhere in the same scope."""
    flows = list(root.iter(f"{BPMN}sequenceFlow"))
    flow, other = rand.sample(flows, 2) if len(flows) > 1 else (None, None)
    if flow is not None and flow.get("targetRef") != other.get("targetRef"):
        old = flow.get("targetRef")
        nodes = {n.get("id"): n for n in root.iter() if n.get("id")}
        for ref in nodes[old].findall(f"{BPMN}incoming"):
            if ref.text == flow.get("id"):
                nodes[other.get("targetRef")].insert(0, ref)
        flow.set("targetRef", other.get("targetRef"))
        return f"{flow.get('id')} leads to {other.get('targetRef')}"


def _lane(root, rand):
    lanes, tasks = (
        list(root.iter(f"{BPMN}lane")),
        [t.get("id") for t in root.iter(f"{BPMN}userTask")],
    )
    refs = [r for r in root.iter(f"{BPMN}flowNodeRef") if r.text in tasks]
    if len(lanes) > 1 and refs:
        ref = rand.choice(refs)
        home = rand.choice([x for x in lanes if x is not ref.getparent()])
        home.append(ref)
        return f"{ref.text} in {home.get('id')}"


def _act(root, rand):
    found = _props(root, "act")
    if len(found) > 1:
        one, other = rand.sample(found, 2)
        one.set("value", other.get("value"))
        return f"act {other.get('value')} twice"


def _sets(root, rand):
    found = [p for p in root.iter(f"{SPIFF}property") if p.get("name") == "sets"]
    if found:
        gone = rand.choice(found)
        gone.getparent().remove(gone)
        return f"drop sets {gone.get('value')}"


def _swapped(root, rand):
    """Two branches of one gateway change their conditions."""
    flows = [
        f
        for f in root.iter(f"{BPMN}sequenceFlow")
        if f.find(f"{BPMN}conditionExpression") is not None
    ]
    pairs = [
        (a, b)
        for n, a in enumerate(flows)
        for b in flows[n + 1 :]
        if a.get("sourceRef") == b.get("sourceRef")
    ]
    if pairs:
        one, other = (f.find(f"{BPMN}conditionExpression") for f in rand.choice(pairs))
        one.text, other.text = other.text, one.text
        return f"conditions {one.text} and {other.text} change places"


def _added(root, rand):
    """A flow from one node to another of the same scope."""
    scopes = [root.find(f"{BPMN}process"), *root.iter(f"{BPMN}subProcess")]
    scope = rand.choice(scopes)
    own = [n for n in scope if n.tag.endswith(("Task", "Gateway")) and n.get("id")]
    if len(own) > 1:
        source, target = rand.sample(own, 2)
        flow = etree.SubElement(scope, f"{BPMN}sequenceFlow")
        ends = {"sourceRef": source.get("id"), "targetRef": target.get("id")}
        flow.attrib.update({"id": "added_flow", **ends})
        _ref(source, "outgoing", "added_flow")
        _ref(target, "incoming", "added_flow")
        return f"flow from {source.get('id')} to {target.get('id')}"


def _ref(node, kind, flow):
    at = [
        i
        for i, c in enumerate(node)
        if c.tag in (f"{BPMN}extensionElements", f"{BPMN}incoming", f"{BPMN}documentation")
    ]
    ref = etree.Element(f"{BPMN}{kind}")
    ref.text = flow
    node.insert(at[-1] + 1 if at else 0, ref)


def _dead_end(root, rand):
    """A flow is taken away."""
    flow = rand.choice(list(root.iter(f"{BPMN}sequenceFlow")))
    for ref in [*root.iter(f"{BPMN}incoming"), *root.iter(f"{BPMN}outgoing")]:
        if ref.text == flow.get("id"):
            ref.getparent().remove(ref)
    for gateway in root.iter():
        if gateway.get("default") == flow.get("id"):
            del gateway.attrib["default"]
    flow.getparent().remove(flow)
    return f"no flow from {flow.get('sourceRef')} to {flow.get('targetRef')}"


def _no_rule(root, rand):
    found = list(root.iter("{*}rule"))
    if len(found) > 1:
        gone = rand.choice(found)
        gone.getparent().remove(gone)
        return f"no rule {gone.get('id')}"


def _cell(root, rand):
    """A cell of a table says that anything will do, or another rule's."""
    cells = [e for e in root.iter("{*}inputEntry") if e[0].text and e[0].text.strip() != "-"]
    if cells:
        one = rand.choice(cells)
        was = one[0].text
        others = sorted({e[0].text for e in cells} - {was})
        one[0].text = rand.choice(["-", *others])
        return f"{one.getparent().get('id')}: {was} becomes {one[0].text}"


TABLE_FAULTS = {"rule dropped": _no_rule, "cell changed": _cell}
FAULTS = {
    "act dropped": _drop("act"),
    "act moved": _act,
    "article dropped": _drop("article"),
    "gate dropped": _drop("gate"),
    "in. dropped": _drop("in"),
    "out. dropped": _drop("out"),
    "outputs dropped": _drop("outputs"),
    "sets dropped": _sets,
    "step passed by": _pass_by,
    "condition turned round": _condition,
    "default moved": _default,
    "gateway of another kind": _kind,
    "flow led elsewhere": _lead,
    "task in another lane": _lane,
    "conditions swapped": _swapped,
    "flow added": _added,
    "flow removed": _dead_end,
    **TABLE_FAULTS,
}


def faults(seed, count):
    """(kind, where, bundle) of `count` faults drawn by a seed."""
    rand = random.Random(seed)
    diagrams, tables = sorted(SHIPPED.of_kind(".bpmn")), sorted(SHIPPED.of_kind(".dmn"))
    found = []
    while len(found) < count:
        kind = rand.choice(sorted(FAULTS))
        path = rand.choice(tables if kind in TABLE_FAULTS else diagrams)
        root = etree.fromstring(SHIPPED.files[path])
        said = FAULTS[kind](root, rand)
        if said:
            bundle = Bundle({**SHIPPED.files, path: etree.tostring(root)})
            found.append((kind, f"{path}: {said}", bundle))
    return found


def _renamed(root, rand):
    node = rand.choice(list(root.iter(*TASKS)))
    node.set("name", f"{node.get('name')}（新）")


def _documented(root, rand):
    for node in root.iter(f"{BPMN}documentation"):
        node.text = f"{node.text}。另见说明。"


def _moved_shapes(root, rand):
    for node in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds"):
        node.set("x", str(float(node.get("x")) + 40))


def _reordered(root, rand):
    process = root.find(f"{BPMN}process")
    first = process.findall(f"{BPMN}sequenceFlow")[0]
    process.append(deepcopy(first))
    process.remove(first)


def _labelled(root, rand):
    flows = [f for f in root.iter(f"{BPMN}sequenceFlow") if f.get("name")]
    flow = rand.choice(flows or [root.find(f"{BPMN}process")])
    flow.set("name", f"{flow.get('name')}。")


def _annotated(root, rand):
    note = etree.SubElement(root.find(f"{BPMN}process"), f"{BPMN}textAnnotation", id="note_added")
    etree.SubElement(note, f"{BPMN}text").text = "供参考"


def _flow_id(root, rand):
    old = rand.choice(list(root.iter(f"{BPMN}sequenceFlow"))).get("id")
    for node in root.iter():
        for name, value in node.attrib.items():
            if value == old:
                node.set(name, f"{old}_again")
        if node.text == old:
            node.text = f"{old}_again"


HARMLESS = {
    "name": _renamed,
    "documentation": _documented,
    "shapes": _moved_shapes,
    "order": _reordered,
    "label": _labelled,
    "annotation": _annotated,
    "id of a flow": _flow_id,
    "layout": lambda root, rand: etree.indent(root, "\t"),
    "comment": lambda root, rand: root.insert(0, etree.Comment("reviewed")),
}


def harmless(seed, count):
    """(what, bundle): other words, shapes elsewhere, other order of elements; the law says the same."""
    rand = random.Random(seed)
    paths = sorted(SHIPPED.of_kind(".bpmn"))
    found = []
    for _ in range(count):
        path, kind = rand.choice(paths), rand.choice(sorted(HARMLESS))
        root = etree.fromstring(SHIPPED.files[path])
        HARMLESS[kind](root, rand)
        found.append((f"{path}: {kind}", Bundle({**SHIPPED.files, path: etree.tostring(root)})))
    return found
