"""Benchmarks print their tables and nothing else."""

from __future__ import annotations

import logging

import structlog


def quiet() -> None:
    """No lines about requests from now on; what goes wrong is still told. After `create_app`, which sets logging up."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
