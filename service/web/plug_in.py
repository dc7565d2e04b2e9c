"""What Camunda Modeler has to be told of our properties, as the plug-in that it loads.

Without it nothing is lost by opening and saving, but by copying and by changing an element's type.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from flask import Blueprint, send_file

from service.web.access import DRAWS, access

blueprint = Blueprint("plug_in", __name__)
DESCRIPTOR = Path(__file__).parent / "modeler/src/descriptor.json"
# what registerBpmnJSModdleExtension of camunda-modeler-plugin-helpers does: the two files need no tools to be built
CLIENT = "(window.plugins = window.plugins || []).push({{ plugin: {}, type: 'bpmn.modeler.moddleExtension' }});\n"
INDEX = "module.exports = { name: '办结', script: './client.js' };\n"


@blueprint.get("/workbench/camunda-modeler-plugin.zip")
@access(DRAWS)
def download() -> Any:
    """A folder `banjie` to unpack into `resources/plugins` of Camunda Modeler."""
    descriptor = json.loads(DESCRIPTOR.read_text("utf-8"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("banjie/index.js", INDEX)
        archive.writestr("banjie/client.js", CLIENT.format(json.dumps(descriptor)))
    stream.seek(0)
    name = "banjie-camunda-modeler-plugin.zip"
    return send_file(stream, mimetype="application/zip", as_attachment=True, download_name=name)
