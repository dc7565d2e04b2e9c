"""The difference of two bundles: every edit is said with old and new, and nothing else is."""

import json
import random
import re

import pytest
from edits import FOURTEEN, LISTS, MORE, SHIPPED
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from service.cli.main import banjie
from service.difference import difference
from service.difference.compare import READERS
from service.model.bundle import Bundle


@pytest.mark.parametrize("edit", FOURTEEN + MORE, ids=lambda e: e.name)
def test_an_edit_is_said_with_old_and_new(edit):
    changes = difference(SHIPPED, edit.apply())
    assert {c.file for c in changes} == {edit.path}
    said = [c for c in changes if c.aspect == edit.aspect and edit.element in (None, c.element)]
    assert said, [str(c) for c in changes]
    if edit.old is not None or edit.new is not None:
        assert (said[0].old, said[0].new) == (edit.old, edit.new)
    assert said[0].old != said[0].new
    assert edit.old is None or edit.old in str(said[0])
    back = difference(edit.apply(), SHIPPED)
    assert len(back) == len(changes)


def test_there_are_enough_edits():
    assert len(FOURTEEN) == 14
    assert len(MORE) >= 30
    assert len({e.name for e in FOURTEEN + MORE}) == len(FOURTEEN + MORE)


def test_what_says_the_same_is_no_difference():
    assert difference(SHIPPED, SHIPPED) == []
    assert difference(Bundle({}), Bundle({})) == []
    assert (
        difference(SHIPPED, Bundle({p: _reformatted(p, s) for p, s in SHIPPED.files.items()})) == []
    )


def _reformatted(path, source):
    """The same in other bytes: attributes turned round, other white space, comments."""
    if path.endswith((".bpmn", ".dmn")):
        root = etree.fromstring(source, etree.XMLParser(remove_blank_text=True))
        for node in root.iter():
            if isinstance(node.tag, str):
                turned = sorted(node.attrib.items(), reverse=True)
                node.attrib.clear()
                for name, value in turned:
                    node.set(name, value)
        root.insert(0, etree.Comment("saved by something else"))
        return etree.tostring(root, encoding="utf-8")
    if path.endswith(".form"):
        return json.dumps(_turned(json.loads(source)), ensure_ascii=True).encode()
    return b"# another comment\n" + source + b"\n\n"


def _turned(data):
    if isinstance(data, dict):
        return {k: _turned(v) for k, v in reversed(data.items())}
    return [_turned(v) for v in data] if isinstance(data, list) else data


def test_shapes_that_move_are_one_line():
    path = "processes/joint_review.bpmn"
    moved = SHIPPED.files[path].replace(b'<dc:Bounds x="', b'<dc:Bounds x="1', 3)
    (change,) = difference(SHIPPED, Bundle({**SHIPPED.files, path: moved}))
    assert (change.kind, str(change)) == ("layout", f"{path}　仅图形位置变化")


def test_files_that_come_and_go():
    path = "processes/joint_review.bpmn"
    less = Bundle({p: s for p, s in SHIPPED.files.items() if p != path})
    (gone,) = difference(SHIPPED, less)
    assert (gone.kind, gone.file, gone.name) == ("removed", path, "联合审核")
    (come,) = difference(less, SHIPPED)
    assert (come.kind, str(come)) == ("added", f"{path}　新增流程图　联合审核")


@pytest.mark.parametrize("path", ["processes/joint_review.bpmn", LISTS, "forms/funds/x.form"])
@pytest.mark.parametrize(
    "broken", [b"<a", b"", b"\xff\xfe\x00", b"{[", b"a: &x 1\nb: *x", b"<!DOCTYPE a>"]
)
def test_what_cannot_be_read_is_said(path, broken):
    bundle = Bundle({**SHIPPED.files, path: broken})
    changes = difference(SHIPPED, bundle)
    assert changes
    assert all(c.file == path for c in changes)


def test_rules_that_change_places_and_fields_too():
    path = "processes/approval_gate.dmn"
    root = etree.fromstring(SHIPPED.files[path])
    rules = root.findall(".//{*}rule")
    rules[0].getparent().append(rules[0])
    (change,) = difference(SHIPPED, Bundle({**SHIPPED.files, path: etree.tostring(root)}))
    assert (change.what, change.element) == ("规则次序", "approval_gate")
    path = "forms/termination/termination_decision.form"
    form = json.loads(SHIPPED.files[path])
    form["components"].reverse()
    changes = difference(SHIPPED, Bundle({**SHIPPED.files, path: json.dumps(form).encode()}))
    assert [c.what for c in changes] == ["栏目次序"]


def _spots(path):
    """Places of a file where something meaningful stands: attribute values, texts, JSON and YAML scalars."""
    text = SHIPPED.files[path].decode()
    if path.endswith(".bpmn"):
        text = text[: text.index("<bpmndi:BPMNDiagram")]
        pattern = r'(?:name|value|sourceRef|calledElement|attachedToRef|default)="([^"]+)"|<bpmn:conditionExpression[^>]*>([^<]+)<|<bpmn:timeDate[^>]*>([^<]+)<'
    elif path.endswith(".dmn"):
        pattern = r"<text>([^<]+)</text>|label=\"([^\"]+)\""
    elif path.endswith(".form"):
        pattern = r'(?<!"row)": "([^"]+)"'  # in which row of the grid a field stands is layout
    else:
        text = re.sub("#.*", lambda found: "_" * len(found.group()), text)  # comments say nothing
        pattern = r": ([^\s_{}\[\],:#\"'|>&*!%@][^{}\[\],:#\"'\n]*)"
    return [m.span(m.lastindex) for m in re.finditer(pattern, text)]


PATHS = sorted(p for p in SHIPPED.files if _spots(p))


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_an_edit_at_random_is_always_seen(rand: random.Random):
    path = rand.choice(PATHS)
    start, end = rand.choice(_spots(path))
    text = SHIPPED.files[path].decode()
    edited = f"{text[:start]}zz{text[start:end]}{text[end:]}".encode()
    changes = difference(SHIPPED, Bundle({**SHIPPED.files, path: edited}))
    assert changes, (path, text[start:end])
    assert all(c.file == path and c.kind != "layout" for c in changes)


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_an_element_taken_away_at_random_is_always_seen(rand: random.Random):
    path = rand.choice([p for p in PATHS if p.endswith((".bpmn", ".dmn"))])
    root = etree.fromstring(SHIPPED.files[path])
    nodes = [
        n
        for n in root.iter()
        if isinstance(n.tag, str)
        and "/DI" not in n.tag
        and "/DC" not in n.tag
        and "DMNDI" not in n.tag
        and n is not root
        and not n.tag.endswith(("}extensionElements", "}laneSet"))
        and n.text != "-"  # an empty cell says the same
    ]
    node = rand.choice(nodes)
    node.getparent().remove(node)
    changes = difference(SHIPPED, Bundle({**SHIPPED.files, path: etree.tostring(root)}))
    assert [c for c in changes if c.kind != "layout"], (path, etree.tostring(node)[:300])


@given(st.sampled_from(PATHS), st.binary(max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_bytes_at_random_never_break_it(path, noise, rand):
    source = SHIPPED.files[path]
    at = rand.randrange(len(source))
    bundle = Bundle(
        {**SHIPPED.files, path: source[:at] + noise + source[at + rand.randrange(20) :]}
    )
    for change in difference(SHIPPED, bundle):
        assert str(change)
    assert READERS


def test_command_line(tmp_path):
    from click.testing import CliRunner

    for path, source in FOURTEEN[0].apply().files.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source)
    runner, here = CliRunner(), str(tmp_path)
    same = runner.invoke(banjie, ["diff", here, here])
    assert (same.exit_code, same.output) == (0, "没有改动。\n")
    from edits import ROOT

    told = runner.invoke(banjie, ["diff", str(ROOT), here])
    assert told.exit_code == 1
    assert "默认值　200000.00 → 300000" in told.output
    found = json.loads(runner.invoke(banjie, ["diff", str(ROOT), here, "--json"]).output)
    assert (found[0]["aspect"], found[0]["new"]) == ("default", "300000")


@settings(max_examples=60, deadline=None)
@given(
    path=st.sampled_from(sorted(p for p in SHIPPED.files if p.endswith(".bpmn"))), rand=st.randoms()
)
def test_attributes_that_are_missing_never_break_it(path: str, rand: random.Random):
    root = etree.fromstring(SHIPPED.files[path])
    for node in rand.sample([n for n in root.iter("{*}*") if n.attrib], 12):
        del node.attrib[rand.choice(list(node.attrib))]
    other = Bundle({**SHIPPED.files, path: etree.tostring(root)})
    assert difference(SHIPPED, other)
    assert difference(other, SHIPPED)
    assert difference(other, other) == []
