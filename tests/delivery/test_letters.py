"""Notices leave the house: by mail as each wants it, by hooks; whatever happens, once each and none lost."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from service.commands.set_contact import set_contact
from service.commands.settle_delivery import try_again
from service.delivery.hooks import read_hooks
from service.delivery.mail import read_mail_server
from service.delivery.ways import Ways
from service.jobs.remind_due import remind_due
from service.jobs.send_letters import send_letters
from service.model.actor import SYSTEM
from service.model.errors import BadInput, Refused
from service.queries.contacts import undelivered
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, create_engine, reading
from tests.commands.stand import at_opinions
from tests.delivery.receivers import Chat, Mailbox, free_port, smtp_server, web_server

HOME = "https://banjie.example.gov.cn"
WHO = "finance_bureau"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


START, NEAR, LATER = at("2025-03-05T18:00"), at("2025-03-11T09:00"), at("2025-03-11T09:30")


@pytest.fixture
def world(place: str) -> Iterator[World]:
    made = at_opinions(place)
    yield made
    made.close()


def wants(world: World, mode: str, who: str = WHO, email: str = "li@finance.example.cn") -> None:
    with begin(world.engine) as connection:
        set_contact(connection, world.people[who], email, mode, now=START)


def by_mail(port: int) -> Ways:
    server = read_mail_server(f"smtp://127.0.0.1:{port}", "banjie@example.gov.cn")
    return Ways(server, (), HOME)


def statuses(world: World) -> list[str]:
    with reading(world.engine) as connection:
        return sorted(connection.execute(select(t.delivery.c.status)).scalars())


def test_each_notice_is_one_letter_to_who_wants_it(world: World) -> None:
    wants(world, "each")
    wants(world, "off", "info_center", "")
    assert remind_due(world.engine, now=NEAR) >= 1
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        assert send_letters(world.engine, by_mail(port), now=NEAR) == (1, 0)
        assert send_letters(world.engine, by_mail(port), now=LATER) == (0, 0)
    (letter,) = mailbox.letters
    words = letter.get_content()
    assert letter["To"] == "li@finance.example.cn"
    assert letter["Subject"].startswith("【办结】")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert f"{HOME}/tasks/" in words
    assert "2025-03-12" in words


def test_what_was_before_is_not_sent_nor_what_is_for_others(world: World) -> None:
    remind_due(world.engine, now=NEAR)
    with begin(world.engine) as connection:
        for who in (WHO, "water"):
            set_contact(connection, world.people[who], "a@b.cn", "each", now=LATER)
    with smtp_server(Mailbox()) as port:
        assert send_letters(world.engine, by_mail(port), now=LATER) == (0, 0)


def test_the_digest_comes_once_on_the_morning_of_a_working_day(world: World) -> None:
    wants(world, "daily")
    mailbox = Mailbox()
    moments = ["2025-03-08T10:00", "2025-03-10T08:00", "2025-03-10T08:31", "2025-03-10T15:00"]
    with smtp_server(mailbox) as port:
        sent = [send_letters(world.engine, by_mail(port), now=at(m))[0] for m in moments]
        assert sent == [0, 0, 1, 0]  # Saturday, too early, now, told already
        assert send_letters(world.engine, by_mail(port), now=at("2025-03-14T09:00"))[0] == 1
    first, second = (letter.get_content() for letter in mailbox.letters)
    assert "03-12前" in first
    assert "已逾期" in second
    assert "逾期 1 件" in mailbox.letters[1]["Subject"]


def test_nothing_is_lost_while_the_server_is_away(world: World) -> None:
    wants(world, "each")
    remind_due(world.engine, now=NEAR)
    port = free_port()
    assert send_letters(world.engine, by_mail(port), now=NEAR) == (0, 1)
    for hours in range(1, 40):
        send_letters(world.engine, by_mail(port), now=NEAR + timedelta(hours=hours))
    assert statuses(world) == ["waiting"]
    with reading(world.engine) as connection:
        assert "没有应答" in undelivered(connection)[0].reason
    mailbox = Mailbox()
    with smtp_server(mailbox, port):
        assert send_letters(world.engine, by_mail(port), now=NEAR + timedelta(hours=48)) == (1, 0)
    assert statuses(world) == ["sent"]
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    ("answer", "status"), [("550 no such user", "given_up"), ("451 later", "waiting")]
)
def test_a_refusal_for_good_is_given_up_and_may_be_sent_again(
    world: World, answer: str, status: str
) -> None:
    wants(world, "each")
    remind_due(world.engine, now=NEAR)
    mailbox = Mailbox()
    mailbox.refuse = answer
    with smtp_server(mailbox) as port:
        assert send_letters(world.engine, by_mail(port), now=NEAR) == (0, 1)
        assert statuses(world) == [status]
        mailbox.refuse = ""
        with begin(world.engine) as connection:
            (row,) = undelivered(connection)
            assert answer[:3] in row.reason
            try_again(connection, row.delivery_key, now=LATER)
        assert send_letters(world.engine, by_mail(port), now=LATER) == (1, 0)


def test_two_workers_send_each_letter_once(world: World) -> None:
    for number, who in enumerate(world.people):
        wants(world, "each", who, f"p{number}@example.cn")
    remind_due(world.engine, now=at("2025-03-20T09:00"))
    mailbox = Mailbox()
    with smtp_server(mailbox) as port, ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(send_letters, world.engine, by_mail(port), now=at("2025-03-20T09:00"))
            for _ in range(2)
        ]
        sent = sum(run.result()[0] for run in runs)
    keys = [letter["Message-ID"] for letter in mailbox.letters]
    assert sent == len(keys) == len(set(keys)) > 2
    assert set(statuses(world)) == {"sent"}


def hooks(tmp_path, text: str) -> Ways:
    path = tmp_path / "hooks.yaml"
    path.write_text(text, encoding="utf-8")
    return Ways(None, read_hooks(path), HOME)


def test_hooks_are_signed_greeted_and_told_what_is_for_them(world: World, tmp_path) -> None:
    chat = Chat()
    with web_server(chat) as address:
        ways = hooks(
            tmp_path,
            f"- {{name: 财政, kind: json, url: '{address}/j', secret: s1, groups: [finance_bureau]}}\n"
            f"- {{name: 督办群, kind: dingtalk, url: '{address}/d?access_token=x', secret: s2}}\n"
            f"- {{name: 工作群, kind: wecom, url: '{address}/w?key=y', groups: [nobody]}}\n",
        )
        assert send_letters(world.engine, ways, now=START) == (3, 0)
        remind_due(world.engine, now=NEAR)
        told = send_letters(world.engine, ways, now=NEAR)[0]
        assert send_letters(world.engine, ways, now=LATER) == (0, 0)
    paths = [urlsplit(path).path for path, _, _ in chat.posted]
    assert (paths.count("/j"), paths.count("/w")) == (2, 1)  # a greeting; and what is for the group
    assert paths.count("/d") == told  # the greeting and all but the one for /j
    _, headers, body = next(p for p in reversed(chat.posted) if p[0] == "/j")
    seal = hmac.new(b"s1", body, hashlib.sha256).hexdigest()
    assert headers["X-Banjie-Signature"] == f"sha256={seal}"
    assert "2025-03-12" in json.loads(body)["words"]
    path, _, body = next(p for p in chat.posted if p[0].startswith("/d"))
    asked = parse_qs(urlsplit(path).query)
    text = f"{asked['timestamp'][0]}\ns2".encode()
    assert asked["sign"] == [b64encode(hmac.new(b"s2", text, hashlib.sha256).digest()).decode()]
    assert json.loads(body)["text"]["content"].startswith("办结已接通")


ANSWERS = [
    ((500, b""), "waiting"),
    ((200, b'{"errcode": 45009, "errmsg": "busy"}'), "waiting"),
    ((200, b"not json"), "waiting"),
    ((404, b""), "given_up"),
    ((200, b'{"errcode": 93000, "errmsg": "bad key"}'), "given_up"),
    ((302, b""), "given_up"),
]


def test_what_a_robot_answers_decides(world: World, tmp_path) -> None:
    chat, elsewhere = Chat(), Chat()
    found = {}
    with web_server(chat) as address, web_server(elsewhere) as other:
        chat.headers = {"Location": other}
        for number, (answer, _) in enumerate(ANSWERS):
            chat.answer = answer
            hook = f"- {{name: 群{number}, kind: wecom, url: '{address}/w?key=y'}}"
            assert send_letters(world.engine, hooks(tmp_path, hook), now=START) == (0, 1)
    with reading(world.engine) as connection:
        found = {row.target: row.status for row in undelivered(connection)}
    assert found == {f"群{n}": status for n, (_, status) in enumerate(ANSWERS)}
    assert not elsewhere.posted


@pytest.mark.parametrize(
    "text",
    [
        "- {name: a, kind: fax, url: 'https://x.cn', secret: s}",
        "- {name: a, kind: json, url: 'http://x.cn', secret: s}",
        "- {name: a, kind: json, url: 'https://x.cn'}",
        "- {name: a}",
        "nonsense",
        "- {name: a, kind: wecom, url: 'https://x.cn'}\n- {name: a, kind: wecom, url: 'https://y.cn'}",
    ],
)
def test_a_wrong_list_of_hooks_is_told_in_one_sentence(tmp_path, text: str) -> None:
    with pytest.raises(BadInput) as wrong:
        hooks(tmp_path, text)
    assert wrong.value.message.endswith("。")


@pytest.mark.parametrize(
    ("email", "mode"),
    [
        ("", "each"),
        ("nobody", "daily"),
        ("a@b", "each"),
        ("a@b.cn\nBcc: x@y.cn", "each"),
        ("张三@b.cn", "each"),
        ("a@b.cn", "hourly"),
    ],
)
def test_a_wrong_address_is_not_kept(email: str, mode: str) -> None:
    with pytest.raises(Refused) as wrong, begin(create_engine("sqlite://")) as connection:
        set_contact(connection, SYSTEM, email, mode, now=START)
    assert wrong.value.fields


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://x:port", "x"])
def test_a_wrong_mail_server_is_told(url: str) -> None:
    with pytest.raises(BadInput):
        read_mail_server(url, "banjie@example.gov.cn")
