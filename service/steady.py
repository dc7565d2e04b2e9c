"""The real time, refused while the machine's clock has been put forward or back under a running process.

Time limits and gates look at the date. A clock that jumps would open them early, and no later correction
could take back what was opened: better nobody acts until the clock is right again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from service.model.errors import ClockJumped

LIMIT = timedelta(minutes=10)  # time services correct less than this without a word
WORDS = (
    "系统时间在运行中跳变了约 {size}，为避免期限提前届满，已停止办理，没有写入任何内容。"
    "请管理员核对服务器时间：有误的校正后自动恢复，无误的重新启动服务。"
)


def counted() -> float:
    """Seconds that have passed, whatever the clock says; a machine that slept has counted on where it can."""
    which = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if which is None else time.clock_gettime(which)


class SteadyClock:
    """Gives the time as long as it moves as fast as the seconds that are counted."""

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        passed: Callable[[], float] = counted,
    ) -> None:
        self._wall, self._passed = wall, passed
        self._last = wall(), passed()

    def now(self) -> datetime:
        """The time. Raises ClockJumped when it is more than ten minutes beside where it should be.

        A smaller step is taken over; after a larger one the time has to come back by itself.
        """
        (then, before), now, passed = self._last, self._wall(), self._passed()
        step = now - then - timedelta(seconds=passed - before)
        if abs(step) > LIMIT:
            raise ClockJumped(WORDS.format(size=_size(step)))
        self._last = now, passed
        return now


def _size(step: timedelta) -> str:
    way = "向前" if step > timedelta(0) else "向后"
    minutes = abs(step) // timedelta(minutes=1)
    if minutes < 120:
        return f"{minutes} 分钟（{way}）"
    return f"{minutes // 60} 小时（{way}）" if minutes < 2880 else f"{minutes // 1440} 天（{way}）"
