"""Each setting is read somewhere, and each name that is read is declared."""

from service.config import project_root
from service.engine import compile_bundle
from service.lint.settings import setting_findings
from service.model.bundle import Bundle, read_bundle

BUNDLE = read_bundle(project_root())


def test_the_project_s_own() -> None:
    assert setting_findings(BUNDLE, compile_bundle(BUNDLE).settings) == []


def test_a_setting_that_nobody_reads_and_a_name_that_nobody_declares() -> None:
    files = {"processes/a.bpmn": b"<a/>\n<b v='settings.review_dayz + 1'/>"}
    assert list(map(str, setting_findings(Bundle(files), ["review_days"]))) == [
        "processes/a.bpmn:2 review_dayz：设置 review_dayz 没有在 settings.yaml 里声明",
        "processes/settings.yaml:1 review_days：设置 review_days 没有任何流程图、决策表、表单或提醒读取",
    ]
