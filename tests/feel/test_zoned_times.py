"""Times of day in a named zone stand on one line with those that give an offset (DMN 1.5, 10.3.2.3.4)."""

from datetime import UTC, datetime

import pytest

from service.feel import evaluate_text

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        'time("10:00:00@Asia/Shanghai") = time("10:00:00+08:00")',
        'time("10:00:00@Asia/Shanghai") - time("10:00:00+08:00") = duration("PT0S")',
        'time("10:00:00@Asia/Shanghai") - time("02:00:00Z") = duration("PT0S")',
        'time("10:00:00@Asia/Shanghai") < time("03:00:00Z")',
        'time("10:00:00@Europe/Paris") - time("10:00:00@Asia/Shanghai") = duration("PT7H")',
    ],
)
def test_named_zone_and_offset_are_one_line(text: str) -> None:
    assert evaluate_text(text, {}, now=NOW) is True
