"""Whatever is submitted, the check answers and keeps only what the form asks."""

import json

import pytest
from form_making import example
from hypothesis import given, settings
from hypothesis import strategies as st
from test_form_shipped import FORMS, NOW, PLACE, load

from service.forms import controls, read_posted, shown_values, typed_values, validate
from service.model.values import canonical_json

WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "yes",
            "no",
            "pass",
            "agree",
            "2026-02-30",
            "0.1",
            "-0",
            "1e999",
            "NaN",
            "９",
            "=1",
            "\ud800",
        ]
    ),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["name", "digest", "size", "n"]), inner, max_size=3),
    ),
    max_leaves=8,
)
SOME = sorted(FORMS)[::9]


def rows(component):
    columns = sorted(component.columns)
    return st.lists(st.dictionaries(st.sampled_from(columns), VALUES, max_size=4), max_size=4)


def submissions(made, start):
    """The example with some values replaced by anything, rows by rows of anything, and foreign keys."""
    changed = st.fixed_dictionaries(
        {},
        optional={
            k: st.one_of(VALUES, rows(c)) if c.components else VALUES
            for k, c in made.fields.items()
        },
    )
    foreign = st.dictionaries(
        st.text(min_size=1, max_size=30).filter(lambda k: k not in made.fields), VALUES, max_size=2
    )
    return st.tuples(changed, foreign).map(lambda both: {**start, **both[0], **both[1]})


@pytest.mark.parametrize("form_id", SOME)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_nothing_raises_and_unknown_keys_are_refused(form_id, data):
    made = load(form_id)
    submission = data.draw(submissions(made, example(FORMS[form_id])))
    checked = validate(made, submission, context=PLACE, now=NOW)
    assert set(checked.values) <= set(made.fields)
    if set(submission) - set(made.fields):
        assert checked.errors
    json.loads(canonical_json(checked.values))
    typed_values(made, checked.values)
    shown_values(made, checked.values, PLACE)
    controls(made, submission, checked.errors, context=PLACE, now=NOW)


@pytest.mark.parametrize("form_id", SOME)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_kept_is_valid_again_and_stays_the_same(form_id, data):
    made = load(form_id)
    checked = validate(
        made, data.draw(submissions(made, example(FORMS[form_id]))), context=PLACE, now=NOW
    )
    if not set(checked.errors) & set(made.fields):
        entered = {k: v for k, v in checked.values.items() if not made.fields[k].computed}
        entered = {k: _entered_rows(made.fields[k], v) for k, v in entered.items()}
        if not checked.errors:
            assert validate(made, entered, context=PLACE, now=NOW).values == checked.values


def _entered_rows(component, value):
    if not component.components:
        return value
    return [{k: v for k, v in row.items() if not component.columns[k].computed} for row in value]


@pytest.mark.parametrize("form_id", SOME)
@settings(max_examples=25, deadline=None)
@given(pairs=st.lists(st.tuples(st.text(max_size=40), st.text(max_size=20)), max_size=8))
def test_any_post_is_read(form_id, pairs):
    made = load(form_id)
    assert validate(made, read_posted(made, pairs), context=PLACE, now=NOW)
