"""What an owner does about each rule of the proof, in the order in which he does it.

Causes stand before what follows from them: of what cannot be read nothing can be said; while a way leads nowhere the
statements about ways say little; an act that nobody performs any more, and a promise that an element keeps no more,
name the very spot that was changed, and where they are mended the broken invariants mostly go with them. So the
invariants, each with its long way, come after the short lists that name their causes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """Rules that are mended together: a heading and what to do about each, in Chinese."""

    title: str
    rules: Mapping[str, str]


STAGES = (
    Stage(
        "读不懂或看不完",
        {
            "unreadable": "先改好这个文件，再重新证明。",
            "too-many-states": "把并行的部分改成会签（多实例任务），或分成几段。",
        },
    ),
    Stage(
        "走法",
        {
            "no-start": "补一个开始事件，并连到第一个环节。",
            "no-way-in": "从前面的环节连一条线过来，或删去它。",
            "dead-end": "从它连一条线到下一个环节或结束事件。",
            "no-callee": "把“调用的流程”改成已有的流程。",
            "calls-itself": "改成调用别的流程，重复的部分用往回的线来画。",
            "no-way-on": "补上漏掉的情形，或把一条分支设为默认路径。",
            "error-uncaught": "在调用它的环节上附一个接住这个错误的边界事件。",
            "doubled-token": "先用并行网关把几路汇合成一路，再往下走。",
            "work-left": "先用并行网关等各路都办完，再到结束事件。",
            "turns-round": "在循环里加上有人办理或等候的环节，或改条件让它能出来。",
            "cannot-finish": "在最后一步之后补上出路，或改条件。",
            "cannot-finish-without-exit": "正常的路被堵住了，只剩终止能出去；检查循环的条件，补上正常的出路。",
            "never-reached": "连一条线过来，或删去它；有意留作防线的，在元素上写 unreachable 和理由。",
            "never-taken": "检查变量的取值和前面的条件，改条件或删去这条分支。",
            "defence-reached": "走得到的就不是防线：堵住这条路，或删去 unreachable。",
        },
    ),
    Stage(
        "行为由谁承担",
        {
            "no-carrier": "把承担这个行为的环节补回来，或在现有的环节上写明它。",
            "wrong-lane": "把环节移回应当办理的泳道。",
            "wrong-table": "换回规定的决策表。",
            "wrong-input": "把这一项输入改回固定的值。",
            "no-outcome": "在环节的输出变量里写明结果变量和取值。",
            "no-refusal": "在输出变量里补上否定的取值。",
            "no-approval": "在输出变量里补上登记过的肯定取值。",
            "unknown-act": "在 processes/acts.yaml 登记这个行为，或改成登记过的。",
            "unknown-value": "在有关环节的输出变量里补上这个取值，或改不变式。",
            "unknown-process": "改成已有的流程，或补上这张图。",
            "unknown-clause": "改成条款目录里有的编号。",
        },
    ),
    Stage(
        "约定清单",
        {
            "promise-broken": "画错了的，改回原来的写法；有意改的，在草稿页点“重写约定清单”。",
        },
    ),
    Stage(
        "办法的规定（不变式）",
        {
            "invariant": "照走法在图上走一遍，补上缺的一步或堵住这条路；上面有原因的，先改原因。",
        },
    ),
    Stage(
        "已登记的说明",
        {
            "stale-acceptance": "从 processes/invariants.yaml 的 accepted 里删去这一条。",
        },
    ),
)
_STAGE = {rule: stage for stage in STAGES for rule in stage.rules}


def stage_of(rule: str) -> Stage:
    """The stage of a rule."""
    return _STAGE[rule]


def remedy_of(rule: str) -> str:
    """What to do about a finding of a rule: one Chinese sentence."""
    return stage_of(rule).rules[rule]
