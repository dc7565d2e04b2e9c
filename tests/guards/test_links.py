"""Every address that code or a template builds belongs to a route that exists."""

import re
from pathlib import Path

from service.config import Config
from service.web.app import create_app
from service.web.sandboxes import inner

WEB = Path(__file__).parents[2] / "service" / "web"
NAMED = re.compile(r"""url_for\(\s*["']([a-z_.]+)["']""")


def test_every_endpoint_that_is_named_exists(tmp_path: Path) -> None:
    app = create_app(
        Config(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}", data_dir=tmp_path)
    )
    app.register_blueprint(inner)  # what a sandbox has besides
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    named = {
        (path.name, endpoint)
        for path in [*WEB.rglob("*.py"), *WEB.rglob("*.html")]
        for endpoint in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert not {(file, endpoint) for file, endpoint in named if endpoint not in known}
