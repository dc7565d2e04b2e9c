"""The built-in functions of DMN 1.5 (10.3.4), by group; `BUILTINS` holds all by name."""

from __future__ import annotations

from service.feel.functions import (
    aggregates,
    contexts,
    conversion,
    lists,
    moments,
    numbers,
    ranges,
    strings,
)
from service.feel.functions.declare import FUNCTIONS

GROUPS = (aggregates, contexts, conversion, lists, moments, numbers, ranges, strings)
BUILTINS = FUNCTIONS
