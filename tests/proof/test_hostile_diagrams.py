"""Hostile diagrams end in one kind of refusal, or in a report: no other error, no hang, bounded memory."""

import random
import re
import time
import tracemalloc

import pytest
from mutation import SHIPPED

from service.model.bundle import Bundle
from service.model.errors import Refused
from service.proof.prove import prove
from service.queries.findings import findings
from tests.lint.lint_pairs import FIRST, SECOND, SOUND
from tests.lint.test_lint_foreign import HOSTILE, mutant

SMALL = {p: c for p, c in SHIPPED.files.items() if p.endswith((".dmn", ".form")) or "clauses" in p}
DRAWN = ["rectification", "warranty_claim", "trial_run", "joint_review", "termination_settlement"]


def told(bundle, limit=10.0):
    """The rules that the checks and the proof name; a refusal is one."""
    began = time.process_time()
    found = {f.rule for f in findings(bundle)[1]}
    try:
        found |= {f.rule for f in prove(bundle).findings}
    except Refused as refused:
        assert re.search("[一-鿿]", refused.message)
        found.add("refused")
    assert time.process_time() - began < limit
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_by_the_proof_too(name):
    tracemalloc.start()
    found = told(Bundle({"processes/x.bpmn": HOSTILE[name]}), 40)  # memory is traced
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found
    assert peak < 300_000_000


def flipped(rand, source):
    """A file with some bytes that are others, doubled or gone."""
    data = bytearray(source)
    for _ in range(rand.randint(1, 4)):
        at = rand.randrange(len(data))
        act = rand.randrange(3)
        if act == 0:
            data[at] ^= 1 << rand.randrange(8)
        elif act == 1:
            del data[at : at + rand.randint(1, 60)]
        else:
            data[at:at] = data[at : at + rand.randint(1, 60)]
    return bytes(data)


def mutants(count, seed):
    rand = random.Random(seed)
    for number in range(count):
        edit = rand.choice([mutant, flipped])
        if number % 2:
            path = f"processes/{rand.choice(DRAWN)}.bpmn"
            files, source = SMALL, SHIPPED.files[path]
        else:
            path = rand.choice([FIRST, SECOND])
            files, source = SOUND.files, SOUND.files[path]
        yield Bundle({**files, path: edit(rand, source)})


def test_mutants_are_proved_or_refused():
    for bundle in mutants(30, seed=3):
        told(bundle)


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(4))
def test_mutants_by_the_thousand_are_proved_or_refused(part):
    for bundle in mutants(1000, seed=100 + part):
        told(bundle)
