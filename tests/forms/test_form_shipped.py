"""All forms of the project: they parse, their examples hold, their clauses exist."""

import json
from datetime import UTC, datetime

import pytest
import yaml
from form_making import ROOT, example, shipped

from service.engine import compile_bundle
from service.engine.checks.expressions import declared_variables
from service.feel.host import HOST_NAMES
from service.forms import (
    as_pairs,
    controls,
    parse_form,
    read_posted,
    shown_values,
    typed_values,
    validate,
)
from service.forms.schema import inputs_of
from service.model.bundle import read_bundle

NOW = datetime(2025, 3, 3, tzinfo=UTC)
UNITS = yaml.safe_load((ROOT / "processes/groups.yaml").read_text(encoding="utf-8"))["units"]
CLAUSES = {
    c["id"]
    for c in yaml.safe_load((ROOT / "processes/clauses.yaml").read_text(encoding="utf-8"))[
        "clauses"
    ]
}
# what stands around every form; `value` and `item` are names inside a filter
SURROUNDINGS = {
    "settings",
    "units",
    "participants",
    "member",
    "setting_options",
    "plan_entries",
    "value",
    "item",
    *HOST_NAMES,
}
DECLARED = declared_variables(compile_bundle(read_bundle(ROOT)))
SETTINGS = compile_bundle(read_bundle(ROOT)).setting_values
GROUPS = {group for unit in UNITS for group in unit["groups"]}
PLACE = {
    "units": [{"value": u["id"], "label": u["name"]} for u in UNITS],
    **{
        f"{group}_units": [
            {"value": u["id"], "label": u["name"]} for u in UNITS if group in u["groups"]
        ]
        for group in GROUPS
    },
    "settings": SETTINGS,
    "project_payment_nodes": ["预付款"],
    "project_purposes": ["软件开发"],
}
SITUATIONS = [
    {},
    {"acceptance_stage": "preliminary", "has_infrastructure": "yes", "project_type": "construction",
     "acceptance_categories": ["建设", "承建", "设计", "监理", "质检机构", "用户", "勘察"]},
    {"acceptance_stage": "final", "had_issues": "yes", "art9": "hit", "is_upgrade": "yes",
     "acceptance_categories": ["建设", "承建", "设计", "监理", "质检机构", "专家"]},
    {"project_type": "operations"},
    {"project_type": "service_purchase"},
    {"project_type": "industry_upgrade"},
]  # fmt: skip
FORMS = {path.stem: path for path in shipped()}


def load(form_id):
    path = FORMS[form_id]
    return parse_form(path.read_bytes(), path.relative_to(ROOT).as_posix())


def everything(components):
    for component in components:
        yield component
        yield from everything(component.components)


def test_a_form_has_its_file_name_as_id_and_is_the_only_one():
    assert len(FORMS) == len(shipped())
    for form_id in FORMS:
        assert load(form_id).id == form_id


@pytest.mark.parametrize("form_id", FORMS)
def test_files_are_written_the_same_way(form_id):
    for path in (FORMS[form_id], FORMS[form_id].with_suffix(".example.json")):
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
        assert text == json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("form_id", FORMS)
def test_every_field_cites_clauses_that_exist(form_id):
    for component in everything(load(form_id).components):
        if component.is_input:
            assert component.articles, component.key
            assert set(component.articles) <= CLAUSES, component.key
            assert component.label, component.key
        assert ("rule" in component.properties) == ("ruleMessage" in component.properties)


@pytest.mark.parametrize("form_id", FORMS)
def test_amounts_are_kept_as_text_with_two_decimals(form_id):
    for component in everything(load(form_id).components):
        if component.key.endswith("_yuan") and not component.computed:
            assert component.is_money, component.key
            assert component.raw["serializeToString"] is True
            assert component.raw["decimalDigits"] == 2


@pytest.mark.parametrize("situation", range(len(SITUATIONS)))
@pytest.mark.parametrize("form_id", FORMS)
def test_the_example_is_valid_in_every_situation(form_id, situation):
    context = {**PLACE, **SITUATIONS[situation]}
    made = load(form_id)
    assert validate(made, example(FORMS[form_id]), context=context, now=NOW).errors == {}


@pytest.mark.parametrize("form_id", FORMS)
def test_the_example_lacks_nothing_that_is_required(form_id):
    made, given = load(form_id), example(FORMS[form_id])
    kept = validate(made, given, context=PLACE, now=NOW).values
    needed = [k for k, c in made.fields.items() if k in kept and _needed(c)]
    for key in needed:
        without = {k: v for k, v in given.items() if k != key}
        assert key in validate(made, without, context=PLACE, now=NOW).errors, key


def _needed(component):
    return component.required or int(component.properties.get("minRows", 0)) > 0


@pytest.mark.parametrize("form_id", FORMS)
def test_the_example_survives_the_browser_and_can_be_shown(form_id):
    made, given = load(form_id), example(FORMS[form_id])
    posted = read_posted(made, as_pairs(given))
    kept = validate(made, posted, context=PLACE, now=NOW)
    assert kept.errors == {}
    assert kept.values == validate(made, given, context=PLACE, now=NOW).values
    assert all(text for _, text in shown_values(made, kept.values, PLACE))
    assert set(typed_values(made, kept.values)) == set(made.fields)
    assert controls(made, kept.values, {}, context=PLACE, now=NOW)


@pytest.mark.parametrize("form_id", FORMS)
def test_expressions_name_fields_or_what_surrounds_the_form(form_id):
    made = load(form_id)
    known = SURROUNDINGS | DECLARED
    for component in everything(made.components):
        columns = {c.key for c in everything(made.components) if c.is_input}
        found = (component.hide, component.rule, component.required_if, component.computed)
        for expression in (e for e in found if e):
            names = {n for n in expression.free_names if not n.startswith("project_")}
            assert names <= set(made.fields) | columns | known, (component.key, names)


def test_questions_that_route_are_yes_or_no_radios():
    for form_id in FORMS:
        for component in inputs_of(load(form_id).components):
            values = [o.value for o in component.options]
            if values == ["yes", "no"]:
                assert component.type == "radio"
                assert [o.label for o in component.options] == ["是", "否"]
