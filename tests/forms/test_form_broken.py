"""A form with any part replaced by anything is refused in words, or works."""

import json
import random
from copy import deepcopy

import pytest
from form_making import example, shipped
from test_form_shipped import NOW, PLACE

from service.forms import controls, parse_form, read_posted, shown_values, validate
from service.model.errors import BadInput

JUNK = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "=",
    "=1/0",
    "yes",
    [],
    [1],
    [[]],
    {},
    {"a": 1},
    {"hide": 1},
    "[" * 50,
]
ADDED = [
    "properties",
    "validate",
    "conditional",
    "values",
    "valuesKey",
    "components",
    "appearance",
    "readonly",
]
ADDED += [
    "decimalDigits",
    "increment",
    "subtype",
    "disallowPassedDates",
    "multiple",
    "expression",
    "id",
    "key",
]


def nodes(value):
    """All (container, key) pairs of a JSON value."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in list(pairs):
        yield value, key
        yield from nodes(inner)


def broken(seed):
    r = random.Random(seed)
    path = r.choice(shipped())
    data = deepcopy(json.loads(path.read_text(encoding="utf-8")))
    for _ in range(r.randint(1, 3)):
        container, key = r.choice(list(nodes(data)))
        if isinstance(container, dict) and r.random() < 0.4:
            key = r.choice(ADDED)
        container[key] = deepcopy(r.choice(JUNK))
    return data, example(path)


@pytest.mark.parametrize("block", range(20))
def test_a_broken_form_is_refused_or_works(block):
    for seed in range(block * 50, block * 50 + 50):
        data, given = broken(seed)
        try:
            made = parse_form(json.dumps(data).encode(), "forms/broken.form")
        except BadInput as refusal:
            assert refusal.message.startswith("forms/broken.form：")
            continue
        checked = validate(made, given, context=PLACE, now=NOW)
        shown_values(made, checked.values, PLACE)
        controls(made, given, checked.errors, context=PLACE, now=NOW)
        read_posted(made, [(key, "1") for key in given])
