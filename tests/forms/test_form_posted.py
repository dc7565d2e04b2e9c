"""HTML form posts become submissions."""

import pytest
from form_making import check, field, form

from service.forms import as_pairs, read_posted
from service.model.errors import BadInput

MADE = form(
    field("textfield"),
    field("number", "n", decimalDigits=2),
    field("datetime", "day"),
    field("checkbox", "ok"),
    field("checklist", "many", values=[{"value": v, "label": v} for v in "abc"]),
    field("filepicker", "files", multiple=True),
    field("dynamiclist", "rows", components=[field("number", "n"), field("checkbox", "ok")]),
)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", "２０，０００．５", "20000.5"),
        ("n", " 200,000.01 ", "200000.01"),
        ("day", "2026年3月1日", "2026-03-01"),
        ("day", "２０２６/3/1", "2026-03-01"),
        ("day", "三月", "三月"),
        ("it", "２", "２"),
        ("ok", "on", True),
        ("ok", "", False),
    ],
)
def test_what_is_typed_is_normalised_by_type(name, text, value):
    assert read_posted(MADE, [(name, text)]) == {name: value}


def test_several_values_of_one_name():
    posted = [("many", "a"), ("many", ""), ("many", "c"), ("it", "first"), ("it", "last")]
    assert read_posted(MADE, posted) == {"many": ["a", "c"], "it": "last"}


def test_rows_keep_their_order_and_lose_the_blank_ones():
    posted = [("rows[10].n", "3"), ("rows[2].n", "２"), ("rows[3].n", ""), ("rows[3].ok", "")]
    assert read_posted(MADE, posted) == {"rows": [{"n": "2"}, {"n": "3"}]}


def test_names_that_the_form_lacks_reach_the_check():
    posted = [("decision", "yes"), ("other[0].x", "1"), ("rows[0].x", "1"), ("rows[99999].n", "1")]
    found = check(MADE, read_posted(MADE, posted)).errors
    assert set(found) == {"decision", "other[0].x", "rows[0].x", "rows[99999].n"}


def test_an_overlong_name_is_refused():
    with pytest.raises(BadInput):
        read_posted(MADE, [("x" * 201, "")])


def test_a_submission_survives_being_posted():
    submission = {
        "it": "x",
        "n": "1.00",
        "ok": True,
        "many": ["a"],
        "rows": [{"n": "1", "ok": True}],
    }
    assert read_posted(MADE, as_pairs(submission)) == submission
