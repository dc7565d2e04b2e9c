"""The plug-in for Camunda Modeler, loaded as that editor loads it."""

import io
import json
import zipfile

from tests.browser.editors import owners_page


def test_the_plug_in_registers_our_properties(town) -> None:
    page = owners_page(town)
    answer = page.request.get(f"{town.address}/workbench/camunda-modeler-plugin.zip")
    with zipfile.ZipFile(io.BytesIO(answer.body())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {"banjie/index.js", "banjie/client.js"}
    blank = page.context.new_page()
    told = blank.evaluate(
        "([index, client]) => { const module = {}; new Function('module', index)(module);"
        " new Function('window', client)(window); return [module.exports, window.plugins]; }",
        [files["banjie/index.js"], files["banjie/client.js"]],
    )
    meta, (registered,) = told
    assert meta == {"name": "办结", "script": "./client.js"}
    assert registered["type"] == "bpmn.modeler.moddleExtension"
    types = {t["name"] for t in registered["plugin"]["types"]}
    assert {"Properties", "Property", "CalledDecisionId"} <= types, json.dumps(registered)
