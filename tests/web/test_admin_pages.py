"""The entries of units and posts are shown with what is registered."""

from tests.web.test_web import signed_in


def test_a_unit_and_a_post(app) -> None:
    client = signed_in(app, "system_admin")
    unit = client.get("/admin/units/civil_affairs")
    assert unit.status_code == 200
    assert "县民政局" in unit.text
    assert client.get("/admin/posts/officer").status_code == 200
    assert client.get("/admin/units/new").status_code == 200
    assert client.get("/admin/units/nobody").status_code == 404
