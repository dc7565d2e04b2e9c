"""The second factor, and log-in through a real OpenID provider."""

import html
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pyotp
import pytest
import requests
from sqlalchemy import select

from service.config import Config, project_root
from service.scenarios.people import PASSWORD
from service.scenarios.stands import open_world
from service.store import tables as t
from service.store.session import reading
from service.web import node
from service.web.app import create_app
from tests.delivery.receivers import free_port
from tests.node import installed
from tests.web.test_web import csrf, signed_in

CLOCK = datetime(2026, 3, 2, 1, tzinfo=UTC)
HERE = Path(__file__).parent / "provider"
BACK = "http://localhost/login/provider/back"


class Moving(Config):
    """A configuration whose clock a test moves."""

    passed: timedelta = timedelta()

    def now(self) -> datetime:
        return CLOCK + self.passed


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Moving]:
    world = open_world(f"sqlite:///{tmp_path / 'web.sqlite3'}", project_root())
    yield Moving(database_url=world.url, data_dir=tmp_path)
    world.close()


@pytest.fixture
def app(config):
    made = create_app(config)
    yield made
    made.extensions["engine"].dispose()


def code_of(config: Moving, secret: str) -> str:
    return pyotp.TOTP(secret).at(int(config.now().timestamp()))


def turn_on(app, config: Moving, login: str) -> str:
    """The secret of a second factor that is in force."""
    client = signed_in(app, login)
    token = {"csrf_token": csrf(client, "/second-factor")}
    page = client.post("/second-factor", data={**token, "_act": "begin"}).text
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', page).group(1)
    assert "<svg" in page
    wrong = client.post(
        "/second-factor", data={**token, "_act": "confirm", "secret": secret, "code": "000000"}
    )
    assert wrong.status_code == 422
    assert secret in wrong.text  # the picture stays to be scanned again
    right = {**token, "_act": "confirm", "code": code_of(config, secret)}
    assert "已开启" in client.post("/second-factor", data=right, follow_redirects=True).text
    return secret


def first_step(app, login: str):
    client = app.test_client()
    data = {"login": login, "password": PASSWORD, "csrf_token": csrf(client, "/login")}
    return client, client.post("/login", data=data)


def second_step(client, code: str):
    return client.post(
        "/login/code", data={"code": code, "csrf_token": csrf(client, "/login/code")}
    )


def test_the_password_alone_opens_nothing(app, config) -> None:
    secret = turn_on(app, config, "water")
    config.passed += timedelta(minutes=1)
    client, answer = first_step(app, "water")
    assert answer.location.startswith("/login/code")
    assert client.get("/inbox").location.startswith("/login")
    half = client.get_cookie("banjie_half").value
    client.set_cookie("banjie_session", half)
    assert client.get("/inbox").location.startswith(
        "/login"
    )  # nor does its cookie under another name
    client.delete_cookie("banjie_session")
    assert second_step(client, "123 456").status_code == 403
    assert second_step(client, code_of(config, secret)).status_code == 302
    assert client.get("/inbox").status_code == 200


def test_a_code_is_good_once_and_for_a_minute(app, config) -> None:
    secret = turn_on(app, config, "water")
    old = code_of(config, secret)
    client, _ = first_step(app, "water")
    assert second_step(client, old).status_code == 403  # used for turning it on
    config.passed += timedelta(minutes=2)
    assert second_step(client, old).status_code == 403
    assert second_step(client, code_of(config, secret)).status_code == 302


def test_guessing_codes_locks_the_account(app, config) -> None:
    secret = turn_on(app, config, "water")
    config.passed += timedelta(minutes=1)
    client, _ = first_step(app, "water")
    said = [second_step(client, f"00000{n}").text for n in range(5)]
    assert "还可再试 4 次" in said[0]
    assert "锁定 15 分钟" in said[-1]
    assert second_step(client, code_of(config, secret)).status_code == 403
    assert "锁定" in first_step(app, "water")[1].text


def test_five_minutes_for_the_second_step(app, config) -> None:
    secret = turn_on(app, config, "water")
    client, _ = first_step(app, "water")
    config.passed += timedelta(minutes=6)
    assert "等得太久了" in second_step(client, code_of(config, secret)).text


def test_the_security_administrator_releases_with_a_reason(app, config) -> None:
    turn_on(app, config, "water")
    admin = signed_in(app, "security_admin")
    page = admin.get("/admin/bindings").text
    path = re.search(r'action="(/admin/bindings/[^"]+)"', page).group(1)
    data = {"csrf_token": csrf(admin, "/admin/bindings"), "_act": "factor"}
    assert admin.post(path, data=data).status_code == 422
    assert admin.post(path, data={**data, "reason": "手机丢失"}).status_code == 302
    assert first_step(app, "water")[1].location == "/"
    assert signed_in(app, "civil_affairs").post(path, data=data).status_code in (400, 403)
    with reading(app.extensions["engine"]) as connection:
        acts = list(connection.execute(select(t.event.c.act).order_by(t.event.c.seq)).scalars())
    assert acts[-2:] == ["set_second_factor", "drop_second_factor"]


def test_the_api_asks_for_the_code_too(app, config) -> None:
    secret = turn_on(app, config, "water")
    config.passed += timedelta(minutes=1)
    body = {"login": "water", "password": PASSWORD}
    assert app.test_client().post("/api/v1/sessions", json=body).status_code == 403
    body["code"] = code_of(config, secret)
    answer = app.test_client().post("/api/v1/sessions", json=body)
    assert answer.status_code == 201
    header = {"Authorization": f"Bearer {answer.json['token']}"}
    assert app.test_client().get("/api/v1/tasks", headers=header).status_code == 200


@pytest.fixture(scope="module")
def issuer(tmp_path_factory) -> Iterator[str]:
    """The address of an OpenID provider (npm oidc-provider)."""
    folder = installed(HERE, tmp_path_factory.mktemp("provider"))
    port = free_port()
    command = [node.program("node"), "provider.js", str(port), BACK]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert server.stdout.readline() == "ready\n"
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture
def joined(config, issuer):
    """The application with that provider."""
    config.oidc_issuer, config.oidc_client, config.oidc_secret = issuer, "banjie", "secret"
    made = create_app(config)
    yield made
    made.extensions["engine"].dispose()


def through(client, who: str) -> str:
    """Click through the provider as somebody; the address that it sends back to."""
    answer = client.get("/login/provider?next=/notices")
    browser = requests.Session()
    page = browser.get(answer.location)
    while True:
        address = urljoin(
            page.url, html.unescape(re.search(r'action="([^"]+)"', page.text).group(1))
        )
        data = dict(re.findall(r'name="(prompt)" value="(\w+)"', page.text))
        if data["prompt"] == "login":
            data |= {"login": who, "password": "x"}
        page = browser.post(address, data=data, allow_redirects=False)
        while page.is_redirect:
            location = urljoin(page.url, page.headers["Location"])
            if location.startswith(BACK):
                return location
            page = browser.get(location, allow_redirects=False)


def test_a_person_of_the_provider_gets_in_as_his_account(joined) -> None:
    client = joined.test_client()
    assert "统一身份认证登录" in client.get("/login").text
    back = urlsplit(through(client, "water"))
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.location == "/notices"
    assert "县水利局" in client.get("/notices").text


def test_who_has_no_account_stays_outside(joined) -> None:
    client = joined.test_client()
    back = urlsplit(through(client, "nobody"))
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.status_code == 403
    assert "没有可用的账号" in answer.text
    assert client.get("/inbox").location.startswith("/login")


def test_a_name_given_to_a_new_person_does_not_open_the_old_account(joined) -> None:
    first, second = joined.test_client(), joined.test_client()
    for client, who, status in ((first, "water", 302), (second, "water:2", 403)):
        back = urlsplit(through(client, who))
        assert client.get(f"{back.path}?{back.query}").status_code == status
    admin = signed_in(joined, "security_admin")
    page = admin.get("/admin/bindings").text
    path = re.search(r'action="(/admin/bindings/[^"]+)"', page).group(1)
    token = csrf(admin, "/admin/bindings")
    data = {"csrf_token": token, "_act": "identity", "reason": "人员调动"}
    assert admin.post(path, data=data).status_code == 302
    back = urlsplit(through(second, "water:2"))
    assert second.get(f"{back.path}?{back.query}").status_code == 302


def test_an_answer_that_was_not_asked_for_is_refused(joined) -> None:
    client = joined.test_client()
    back = urlsplit(through(client, "water"))
    assert joined.test_client().get(f"{back.path}?{back.query}").status_code == 403
    assert client.get(f"{back.path}?code=x&state=y").status_code == 403
    assert client.get(f"{back.path}?error=access_denied").status_code == 403


def test_a_provider_that_is_away_is_told(config) -> None:
    config.oidc_issuer = f"http://127.0.0.1:{free_port()}"
    app = create_app(config)
    answer = app.test_client().get("/login/provider")
    assert answer.status_code == 503
    assert "没有应答" in answer.text
    app.extensions["engine"].dispose()


def test_without_a_provider_there_is_no_button(app) -> None:
    assert "统一身份认证" not in app.test_client().get("/login").text
    assert app.test_client().get("/login/provider").status_code == 404
