"""`banjie prove`: soundness and invariants of a folder's diagrams, before they are deployed."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from service.config import project_root
from service.model.bundle import read_bundle
from service.proof.advice import remedy_of
from service.proof.finding import Finding
from service.proof.promises import FILE, promises_text
from service.proof.prove import Report
from service.proof.prove import prove as prove_bundle


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--promise", is_flag=True, help="First write what the diagrams say as their promises."
)
def prove(folder: Path | None, as_json: bool, promise: bool) -> None:
    """Prove FOLDER (default: the project's own); status 1 when something is not proved."""
    if promise:
        root = folder or project_root()
        (root / FILE).write_text(promises_text(read_bundle(root)), encoding="utf-8")
    begun = time.perf_counter()
    report = prove_bundle(read_bundle(folder or project_root()))
    seconds = time.perf_counter() - begun
    if as_json:
        click.echo(json.dumps(_data(report, seconds), ensure_ascii=False))
    else:
        for line in _lines(report, seconds):
            click.echo(line)
    if report.findings:
        sys.exit(1)


def _data(report: Report, seconds: float) -> dict[str, Any]:
    return {
        "findings": [{**asdict(f), "remedy": remedy_of(f.rule)} for f in report.findings],
        "accepted": [{**asdict(finding), "why": why} for finding, why in report.accepted],
        "proved": report.proved,
        "monitored": report.monitored,
        "statements": report.statements,
        "spaces": [asdict(space) for space in report.spaces],
        "states": sum(space.states for space in report.spaces),
        "left": report.left,
        "seconds": round(seconds, 2),
    }


def _lines(report: Report, seconds: float) -> list[str]:
    lines = []
    for finding in report.findings:
        lines += [*_told(finding), f"    怎么办：{remedy_of(finding.rule)}"]
    for finding, why in report.accepted:
        lines += [*_told(finding), f"    已登记说明：{why}"]
    states = sum(space.states for space in report.spaces)
    edges = sum(space.edges for space in report.spaces)
    found = f"发现 {len(report.findings)} 处问题" if report.findings else "没有发现问题"
    lines.append(
        f"{found}：{len(report.proved)} 条不变式成立，{len(report.monitored)} 条只能在运行中检查；"
        f"{_left(report)}共 {len(report.spaces)} 个状态空间、{states} 个状态、{edges} 步，用时 {seconds:.1f} 秒。"
    )
    return lines


def _left(report: Report) -> str:
    """How many spaces were not looked at, or not wholly."""
    return f"{len(report.left)} 个状态空间没有看完，先改好上面的；" if report.left else ""


def _told(finding: Finding) -> list[str]:
    clauses = f"（{'、'.join(finding.clauses)}）" if finding.clauses else ""
    lines = [f"{finding.place}　{finding.text}{clauses}".lstrip("　")]
    if finding.statement:
        lines.append(f"    记法：{finding.statement}")
    lines += [f"    {number}. {step}" for number, step in enumerate(finding.way, 1)]
    if finding.spaces > 1:
        lines.append(f"    在 {finding.spaces} 个状态空间里都会发生，上面是最短的走法。")
    return lines
