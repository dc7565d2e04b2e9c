"""Findings as an owner reads them: each told once, what is to be mended first before what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from service.proof.advice import STAGES, stage_of
from service.proof.finding import Finding


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Each rule at each place once, with its shortest way and the number of spaces in which it was seen; of what
    needs no space only the same words are the same.
    """
    told: dict[tuple[str, ...], Finding] = {}
    for one in findings:
        seen = bool(one.spaces or one.way)
        key = (one.rule, one.place) if seen else (one.rule, one.place, one.text)
        kept = told.get(key)
        if kept is None:
            told[key] = one
            continue
        best = min(kept, one, key=lambda f: (not f.way, len(f.way)))
        told[key] = replace(best, spaces=kept.spaces + one.spaces)
    return list(told.values())


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By the stages of mending; those of one stage as they were found."""
    return sorted(findings, key=lambda one: STAGES.index(stage_of(one.rule)))
