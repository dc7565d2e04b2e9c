"""Forms and diagrams agree: what a task declares to set is a field with exactly those values."""

import re

import pytest
from form_making import ROOT
from lxml import etree
from test_form_shipped import FORMS, load

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


def tasks():
    for path in sorted((ROOT / "processes").glob("*.bpmn")):
        for task in etree.parse(path).iter(BPMN + "userTask"):
            found = {p.get("name"): p.get("value") for p in task.iter(SPIFF + "property")}
            yield pytest.param(found, id=f"{path.stem}/{task.get('id')}")


@pytest.mark.parametrize("properties", list(tasks()))
def test_a_task_sets_what_its_form_asks(properties):
    assert properties["form"] in FORMS
    fields = load(properties["form"]).fields
    for declared in filter(None, re.split(r"\s*;\s*", properties.get("outputs", ""))):
        name, _, domain = declared.partition(":")
        if f"out.{name}" in properties:
            continue
        assert name in fields, name
        if domain in ("number", "date"):
            assert (
                fields[name].type
                in {"number": ("number", "expression"), "date": ("datetime",)}[domain]
            )
        elif "|" in domain:
            assert {o.value for o in fields[name].options} == set(domain.split("|"))
