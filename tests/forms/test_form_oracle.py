"""Our check and the viewer of form-js 2.0.0 find the same fields in error, for the rules both know.

Left out, because the viewer has no such rule: `properties` of ours, files (they live in the browser),
rows of a list (at least, at most). Differing on purpose: a text of blanks only is missing to us, a
choice or date that does not exist is an error to us even where nothing is required (the viewer drops
it silently), lengths count characters and not UTF-16 units. The cases here avoid those.
"""

import json
import random
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest
from form_making import NOW, example, field, form, shipped

from service.forms import validate
from service.forms.schema import inputs_of
from tests.browser.chrome import browser
from tests.node import bundled, installed

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent / "oracle"
ROUNDS = 75
UNITS = [{"value": "drc", "label": "县发改局"}, {"value": "info_center", "label": "县信息中心"}]
PICK = [{"value": v, "label": v} for v in ("a", "b", "c")]
NEEDED = {"required": True}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page of Chromium that holds the viewer."""
    bundle = bundled(installed(HERE, tmp_path_factory.mktemp("viewer")), "viewer.js")
    with browser() as chromium:
        page = chromium.new_page()
        page.set_content("<!doctype html><div id='form'></div>")
        page.add_script_tag(path=bundle)
        yield page
        page.close()


@pytest.fixture(scope="module")
def in_error(page):
    """A function (schema, data) → names of fields in error, answered by the viewer."""
    ask = "([schema, data]) => window.inError(schema, data)"
    return lambda schema, data: set(page.evaluate(ask, [schema, data]))


def test_every_form_opens_in_the_viewer_without_warnings(page):
    for path in shipped():
        schema = json.loads(path.read_text(encoding="utf-8"))
        assert page.evaluate("(schema) => window.warnings(schema)", schema) == [], path.stem


def _text(r):
    return r.choice(
        [None, "", "甲", "abc", "长" * r.randint(1, 12), "AB1", "name@example.cn", "a@b@c"]
    )


def _number(r):
    return r.choice([None, "", "0", "-1", "7", "0.5", "2.25", "100", "100.01", "3.005", "99999999999", str(r.randint(-5, 120))])  # fmt: skip


COMPONENTS = [
    field("textfield", "t1", validate=NEEDED),
    field("textfield", "t2", validate={"minLength": 3, "maxLength": 6}),
    field("textfield", "t3", validate={**NEEDED, "pattern": "^[A-Z]+[0-9]$"}),
    field("textfield", "t4", validate={"validationType": "email"}),
    field("textarea", "t5", validate={"maxLength": 8}, conditional={"hide": '=r1 = "a"'}),
    field("number", "n1", decimalDigits=2, serializeToString=True, validate={**NEEDED, "min": 0.5, "max": 100}),
    field("number", "n2", decimalDigits=0, serializeToString=True, validate={"min": -1}),
    field("number", "n3", increment="0.25", serializeToString=True),
    field("number", "n4", serializeToString=True, validate={"max": "=limit"}),
    field("radio", "r1", values=PICK, validate=NEEDED),
    field("select", "r2", values=PICK, validate=NEEDED, conditional={"hide": '=r1 != "b"'}),
    field("checklist", "c1", values=PICK, validate=NEEDED),
    field("taglist", "c2", values=PICK),
    field("checkbox", "b1", validate=NEEDED),
    field("checkbox", "b2", validate=NEEDED, disabled=True),
    {"type": "datetime", "key": "d1", "subtype": "date", "dateLabel": "日期", "validate": NEEDED},
    {"type": "datetime", "key": "d2", "subtype": "time", "timeLabel": "时间", "timeInterval": 15,
     "use24h": True, "timeSerializingFormat": "utc_offset"},
    {"type": "group", "label": "组", "conditional": {"hide": '=list contains(c1, "c")'},
     "components": [field("textfield", "g1", validate=NEEDED), field("number", "g2", validate={"max": 5})]},
    {"type": "dynamiclist", "path": "rows", "label": "表", "isRepeating": True, "defaultRepetitions": 0,
     "components": [field("textfield", "x", validate=NEEDED), field("number", "y", validate={**NEEDED, "min": 0}),
                    field("textfield", "z", validate=NEEDED, conditional={"hide": '=this.x = "甲"'})]},
]  # fmt: skip


def _several(r):
    return r.sample(["a", "b", "c"], r.randint(0, 3))


def _data(r):
    row = lambda: {"x": _text(r), "y": _number(r), "z": _text(r)}  # noqa: E731
    given = {f"t{i}": _text(r) for i in range(1, 6)} | {f"n{i}": _number(r) for i in range(1, 5)}
    given |= {"r1": r.choice([None, "a", "b", "c", "nonsense"]), "r2": r.choice([None, "a", "z"])}
    given |= {
        "c1": _several(r),
        "c2": _several(r),
        "b1": r.choice([True, False, None]),
        "b2": False,
    }
    given |= {
        "d1": r.choice([None, "2026-02-28", "no date"]),
        "d2": r.choice([None, "09:30+08:00"]),
    }
    given |= {"g1": _text(r), "g2": _number(r), "rows": [row() for _ in range(r.randint(0, 3))]}
    return {k: v for k, v in given.items() if v is not None}


def _with_ids(components, prefix=""):
    for component in components:
        key = component.get("path") or component.get("key")
        if key:
            component["id"] = prefix + key
        inner = f"{key}__" if component["type"] == "dynamiclist" else prefix
        _with_ids(component.get("components", []), inner)
    return components


def _schema(components):
    return {
        "type": "default",
        "schemaVersion": 19,
        "id": "sample",
        "components": _with_ids(deepcopy(components)),
    }


def _ours(components, given, context):
    found = validate(form(*components), given, context=context, now=NOW)
    return set(found.errors)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_all_rules_on_random_submissions(in_error, seed):
    given = _data(random.Random(seed))
    theirs = in_error(_schema(COMPONENTS), {**given, "limit": 50})
    assert _ours(COMPONENTS, given, {"limit": Decimal(50)}) == theirs


def _common(components):
    """A form's components without what only we know."""
    kept = []
    for component in components:
        if component["type"] in ("filepicker", "text", "expression"):
            continue
        made = {k: v for k, v in component.items() if k not in ("properties", "components")}
        if "components" in component:
            made["components"] = _common(component["components"])
        if made.get("components", True):
            kept.append(made)
    return kept


def _changed(r, fields, given):
    """The example with a few answers taken away or replaced by others."""
    made = deepcopy(given)
    for key in r.sample(sorted(fields), min(len(fields), 3)):
        component = fields[key]
        if component.options:
            made[key] = r.choice([o.value for o in component.options])
            made[key] = [made[key]] if component.type == "checklist" else made[key]
        elif component.type == "number":
            made[key] = _number(r)
        elif component.type in ("textfield", "textarea"):
            made[key] = r.choice(["", "短", "长" * 120])
        else:
            made[key] = [] if component.type == "dynamiclist" else None
    return {k: v for k, v in made.items() if v is not None and k in fields}


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_forms_of_the_project_on_random_submissions(in_error, seed):
    r = random.Random(seed)
    path = r.choice(shipped())
    components = _common(json.loads(path.read_text(encoding="utf-8"))["components"])
    made = form(*components)
    fields = {c.key: c for c in inputs_of(made.components)}
    given = _changed(r, fields, example(path))
    around = {
        "units": UNITS,
        "acceptance_stage": r.choice(["preliminary", "final"]),
        "project_type": r.choice(["construction", "operations"]),
        "is_upgrade": r.choice(["yes", "no"]),
        "art9": r.choice(["hit", "clear"]),
    }
    given = {
        k: (UNITS[0]["value"] if fields[k].options_from == "units" else v) for k, v in given.items()
    }
    for field_ in fields.values():  # lists of the record: they hold what the example chooses
        if field_.options_from and field_.options_from not in around:
            chosen = example(path).get(field_.key)
            around[field_.options_from] = [{"value": chosen, "label": "甲"}] if chosen else []
    ours = _ours(components, given, around)
    assert ours == in_error(_schema(components), {**around, **given}), path.stem
