"""Diagrams of others and hostile ones: a report with a line for each, no crash, no hang, bounded memory."""

import os
import random
import time
import tracemalloc
from pathlib import Path

import pytest
from lxml import etree

from service.model.bundle import Bundle
from service.queries.findings import findings
from tests.lint.lint_pairs import FIRST, HEAD, SECOND, SOUND

ROOT = Path(__file__).parents[2]
# the reference diagrams stand outside the project; a copy's place is given by BANJIE_MIWG
PLACE = Path(os.environ.get("BANJIE_MIWG", ROOT.parent / "shared/conformance/bpmn-miwg"))
MIWG = sorted(PLACE.glob("*.bpmn"))


def report(source, path="processes/x.bpmn", limit=10.0):
    began = time.process_time()
    _, found = findings(Bundle({path: source}))
    assert time.process_time() - began < limit
    assert all(f.line >= 1 and f.text for f in found)
    return found


@pytest.mark.parametrize("path", MIWG, ids=lambda p: p.stem)
def test_reference_diagrams_get_a_report(path):
    found = report(path.read_bytes())
    assert {f.rule for f in found} - {"readable"}, "only that it cannot be read"


def _deep(levels):
    inside = "".join(f'<subProcess id="s{i}">' for i in range(levels)) + "</subProcess>" * levels
    return f"{HEAD}<process id='x' isExecutable='true'>{inside}</process></definitions>".encode()


def _cycle(count, kind):
    gateways = "".join(
        f"<{kind} id='g{i}'><incoming>f{(i - 1) % count}</incoming><incoming>b{i}</incoming>"
        f"<outgoing>f{i}</outgoing><outgoing>b{(i + 7) % count}</outgoing></{kind}>"
        for i in range(count)
    )
    flows = "".join(
        f"<sequenceFlow id='f{i}' sourceRef='g{i}' targetRef='g{(i + 1) % count}'/>"
        f"<sequenceFlow id='b{(i + 7) % count}' sourceRef='g{i}' targetRef='g{(i + 7) % count}'/>"
        for i in range(count)
    )
    return f"{HEAD}<process id='x' isExecutable='true'>{gateways}{flows}</process></definitions>".encode()


BOMB = (
    b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10))
    + b"]><definitions>&a9;</definitions>"
)
HOSTILE = {
    "entity bomb": BOMB,
    "entity bomb far down": b"<a>" + b" " * 5000 + BOMB + b"</a>",
    "UTF-16 bomb": BOMB.decode().encode("utf-16"),
    "20 MB": b"<definitions>" + b" " * 20_000_000 + b"</definitions>",
    "depth": _deep(5000),
    "depth within bounds": _deep(150),
    "cycle of parallel gateways": _cycle(390, "parallelGateway"),
    "cycle of inclusive gateways": _cycle(390, "inclusiveGateway"),
    "thousands of gateways": _cycle(4000, "parallelGateway"),
    "no XML": b"\x00\xff\xfe",
    "empty": b"",
    "other vocabulary": b"<html/>",
    "wide attribute": b"<definitions a='" + b"x" * 1_900_000 + b"'/>",
    "deep condition": f"{HEAD}<process id='x' isExecutable='true'><sequenceFlow id='f' sourceRef='a' targetRef='b'><conditionExpression>{'(' * 5000}1{')' * 5000}</conditionExpression></sequenceFlow></process></definitions>".encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_told_with_a_line(name):
    tracemalloc.start()
    found = report(HOSTILE[name])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found
    assert peak < 200_000_000


def test_a_process_that_calls_itself_for_ever_and_one_that_is_there_twice():
    itself = SOUND.files[SECOND].replace(b'calledElement="other"', b'calledElement="review"')
    assert findings(Bundle({**SOUND.files, "processes/again.bpmn": itself}))[1]


@pytest.mark.parametrize("tag", ["sequenceFlow", "lane", "process"])
def test_what_has_no_id_is_told(tag):
    root = etree.fromstring(SOUND.files[SECOND])
    found = [n for n in root.iter() if isinstance(n.tag, str) and n.tag.endswith(f"}}{tag}")]
    del found[0].attrib["id"]
    source = etree.tostring(root)
    told = findings(Bundle({**SOUND.files, SECOND: source}))[1]
    assert all(isinstance(f.element, str) and str(f) for f in told)
    assert told


def mutant(rand, source):
    """A diagram with some nodes moved, doubled, removed, renamed or emptied."""
    root = etree.fromstring(source)
    for _ in range(rand.randint(1, 6)):
        nodes = [n for n in root.iter() if isinstance(n.tag, str) and n is not root]
        if len(nodes) < 2:
            break
        node, other = rand.sample(nodes, 2)
        act = rand.randrange(6)
        if act == 0:
            node.getparent().remove(node)
        elif act == 1 and node is not other and other not in list(node.iterancestors()):
            node.append(other)
        elif act == 2:
            node.addnext(etree.fromstring(etree.tostring(node)))
        elif act == 3 and node.attrib:
            name = rand.choice(sorted(node.attrib))
            node.set(name, rand.choice(["", "x", "\u200b", "9" * 300, node.get("id") or "y"]))
        elif act == 4 and node.attrib:
            del node.attrib[rand.choice(sorted(node.attrib))]
        else:
            node.text = rand.choice(["", "((", "P1M", "null", "a.b.c"])
    return etree.tostring(root)


def _mutants(count, seed):
    rand = random.Random(seed)
    files = {p: s for p, s in SOUND.files.items() if p not in (FIRST, SECOND)}
    for _ in range(count):
        path = rand.choice([FIRST, SECOND])
        twin = SECOND if path == FIRST else FIRST
        bundle = Bundle({**files, twin: SOUND.files[twin], path: mutant(rand, SOUND.files[path])})
        began = time.process_time()
        for finding in findings(bundle)[1]:
            assert finding.line >= 1
            assert str(finding)
        assert time.process_time() - began < 10


def test_mutants_never_break_it():
    _mutants(60, seed=7)


@pytest.mark.heavy
def test_mutants_by_the_thousand():
    _mutants(5000, seed=11)
