"""Faults by a seed are refused by a rule of the lint or by the proof; edits that do no harm are not.

`-m heavy` prints the figures of both halves: one was looked at while the rules were written, the other was not.
"""

import pytest

from service.engine import examine
from service.proof.prove import prove
from tests.proof.seeded import faults, harmless

KNOWN, UNSEEN = 20261, 59202311


def refused_by(bundle):
    """The rule or invariant that refuses a bundle, None when nothing does."""
    _, found = examine(bundle)
    if found:
        return f"lint {found[0].rule}"
    report = prove(bundle)
    return (
        f"proof {report.findings[0].rule} {report.findings[0].place}" if report.findings else None
    )


@pytest.mark.parametrize("kind", ["act dropped", "in. dropped", "out. dropped", "article dropped"])
def test_what_is_dropped_is_missed(kind):
    """One fault of each kind that ran without a word before there were rules for it."""
    assert any(examine(bundle)[1] for k, _, bundle in faults(KNOWN, 400) if k == kind)


def _figures(seed, part, parts):
    missed = []
    told = faults(seed, 100)[part::parts]
    for kind, where, bundle in told:
        by = refused_by(bundle)
        print(f"{kind}\t{where}\t{by}")
        if by is None:
            missed.append((kind, where))
    print(f"seed {seed}: {len(told) - len(missed)} of {len(told)} refused; missed {missed}")
    return missed


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("seed", [KNOWN, UNSEEN])
def test_seeded_faults(seed, part):
    assert len(_figures(seed, part, 4)) <= 5  # what is told in docs/reference/proof.md


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(5))
def test_harmless_edits_are_not_refused(part):
    assert [
        (what, refused_by(b)) for what, b in harmless(KNOWN, 50)[part::5] if refused_by(b)
    ] == []
