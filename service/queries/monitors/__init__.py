"""Invariants that only running data can show, checked over the whole history: one kind a file."""

from service.queries.monitors.check import Checked, Violation, monitor

__all__ = ["Checked", "Violation", "monitor"]
