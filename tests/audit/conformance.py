"""How well an exported log fits the diagrams, by pm4py, which is not ours and not of this project (AGPL):

    python3 -m venv pm && pm/bin/pip install pm4py
    banjie export xes --out log.xes
    pm/bin/python tests/audit/conformance.py processes log.xes

One line a process of the log: cases, events, fitness by replay of tokens and by alignments (1 is perfect). A case is one
run of the process: an instance, counted anew at each start event. Diagrams that pm4py cannot turn into a net are named.
"""

import sys
import warnings
from pathlib import Path


def measure(folder: Path, path: str) -> None:
    """Print the fitness of each process of a log."""
    import pm4py

    log = pm4py.convert_to_dataframe(pm4py.read_xes(path)).sort_values("seq", kind="stable")
    log["process"] = log["element"].str.split("/").str[0]
    log = log[log["lifecycle:transition"] == "complete"]
    for process, part in log.groupby("process"):
        told = f"{Path(path).stem} {process}"
        try:
            net = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(folder / f"{process}.bpmn")))
        except Exception as wrong:
            print(told, "pm4py cannot convert the diagram:", wrong)
            continue
        part = part.copy()
        run = part.groupby("instance")["type"].transform(
            lambda kinds: (kinds == "startEvent").cumsum()
        )
        part["case:concept:name"] = part["instance"] + "#" + run.astype(str)
        part["concept:name"] = part["concept:name"].str.split("：", n=1).str[1]
        part = part[part["concept:name"].isin({t.label for t in net[0].transitions})]
        if part.empty:
            print(told, "no step of it was completed")
            continue
        tokens = pm4py.fitness_token_based_replay(part, *net)["log_fitness"]
        try:
            aligned = f"{pm4py.fitness_alignments(part, *net)['log_fitness']:.3f}"
        except Exception as wrong:
            aligned = f"none ({wrong})"
        cases = part["case:concept:name"].nunique()
        print(
            told,
            f"cases {cases} events {len(part)} tokens {tokens:.3f} alignments {aligned}",
            flush=True,
        )


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for name in sys.argv[2:]:
        measure(Path(sys.argv[1]), name)
