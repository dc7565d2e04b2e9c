"""Random projects through the commands: re-executed to the same digest at each step, and no false alarm."""

import io
import zipfile
from collections import Counter

import pytest
from sqlalchemy import select

from service.audit.verify import Package, check, read_note
from service.jobs.make_checkpoint import make_checkpoint
from service.queries.evidence import write_evidence
from service.queries.rebuild import differences
from service.scenarios.world import SIGNER
from service.store import checkpoints, history
from service.store import tables as t
from service.store.session import begin, reading
from tests.audit.walking import County


def told(county: County, no: str | None, held: str) -> list:
    """Findings of verify.py, all signatures included, in the evidence of a project or of everything."""
    stream = io.BytesIO()
    with reading(county.world.engine) as connection:
        write_evidence(
            connection, stream, keys=[SIGNER.public], files=county.world.root, project_no=no,
            held_size=read_note(held)[0].size,
        )  # fmt: skip
    with zipfile.ZipFile(stream) as archive:
        return check(Package(archive), held, [SIGNER.public], every=True).bad


def run(tmp_path, seed: int, walks: int, length: int) -> Counter:
    """A county of random projects; raises when the replay differs or honest evidence is doubted."""
    county = County(tmp_path, seed)
    world, counted, notes = county.world, Counter(), []
    for _ in range(walks):
        counted["acts"] += county.walk(length)
        counted["walks"] += 1
        with begin(world.engine) as connection:
            notes.append(make_checkpoint(connection, SIGNER, now=world.now))
    with reading(world.engine) as connection:
        assert (
            differences(connection) == []
        )  # L3: digest of the state and effects after every event
        counted["events"] = checkpoints.size_of_log(connection)
        for event in history.read(connection):
            counted[event.act] += 1
            counted["executed"] += "input" in event.body
            counted["of_projects"] += event.project_key is not None
        numbers = list(connection.execute(select(t.project.c.no)).scalars())
    for no in (None, *numbers):
        # the files that forms attach were never uploaded here: outputs were given without a form
        assert told(county, no, county.chance.choice(notes)) == []
        counted["verified"] += 1
    world.close()
    return counted


def test_a_random_county_replays_and_is_believed(tmp_path) -> None:
    counted = run(tmp_path, 1, walks=3, length=30)
    assert counted["acts"] > 40
    assert len(counted) > 8, "too few kinds of acts"


@pytest.mark.heavy
@pytest.mark.parametrize("block", range(20))
def test_a_thousand_random_projects(tmp_path, block: int) -> None:
    """1,000 walks in 40 counties, 50 walks a block, each with 10 acts and more: 10,000 honest events of projects.

    No difference at any step, no false alarm in any evidence. What sets a county up (units, people) is not counted.
    """
    total = Counter()
    for seed in (100 + 2 * block, 101 + 2 * block):
        total += run(tmp_path, seed, walks=25, length=30)
        (tmp_path / f"walk{seed}.sqlite3").unlink()
    print(dict(total))
    assert total["walks"] == 50
    assert total["verified"] == 52, "each project and both whole records"
    assert total["of_projects"] >= 500
