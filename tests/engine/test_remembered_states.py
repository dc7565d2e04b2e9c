"""What is remembered of a state stays what the bytes say, whatever becomes of the instance."""

import json
import zlib

import pytest

from service.engine import codec
from tests.processes.walk import Walk


@pytest.mark.parametrize("days", ["2025-03-21", "2025-04-21"])
def test_a_step_does_not_change_what_is_remembered_of_the_state_before(days: str) -> None:
    codec.forget()
    walk = Walk("final_acceptance_report", "2025-03-20", variables={"had_issues": "no"})
    seen = []
    for complete in ("no", "yes"):
        seen.append(walk.state)
        walk.until(days)
        walk.do("final_acceptance_report/submit_report")
        seen.append(walk.state)
        walk.do("final_acceptance_report/receive_report", report_complete=complete)
    for state in seen:
        assert json.loads(json.dumps(codec.header(state))) == json.loads(zlib.decompress(state))
