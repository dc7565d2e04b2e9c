"""patterns.yaml: what may be inserted stands in our drawings; what is written wrongly is refused."""

import dataclasses

import pytest

from service.config import project_root
from service.engine import glance
from service.model.bundle import read_bundle
from service.model.errors import BadInput
from service.queries.drawing_words import drawing_words
from service.regulation.patterns import parse_patterns

BUNDLE = read_bundle(project_root())
PATH = "processes/patterns.yaml"


def test_every_pattern_of_ours_can_be_copied():
    declared = parse_patterns(BUNDLE.files[PATH])
    offered = drawing_words(glance(BUNDLE)[0])["patterns"]
    assert [p["id"] for p in offered] == [p.id for p in declared]
    assert {"联合审核", "材料清单", "退回", "会签"} <= {p.name for p in declared}


def test_a_pattern_whose_elements_are_gone_is_not_offered():
    files = {**BUNDLE.files, PATH: BUNDLE.files[PATH].replace(b"review_jointly", b"nowhere")}
    offered = drawing_words(glance(dataclasses.replace(BUNDLE, files=files))[0])["patterns"]
    assert "joint_review" not in {p["id"] for p in offered}
    assert offered


@pytest.mark.parametrize("text", ["patterns: [{id: a}]", "[", "a: 1"])
def test_a_wrong_file_is_refused(text):
    with pytest.raises(BadInput, match=r"patterns\.yaml"):
        parse_patterns(text.encode())
