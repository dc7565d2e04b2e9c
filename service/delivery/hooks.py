"""Signed webhooks: robots of 企业微信 and 钉钉, and any program that checks an HMAC."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import yaml

from service.delivery.failure import NotDelivered
from service.model.errors import BadInput

PATIENCE = 20.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# what the robots answer when they have had too much for the moment
BUSY = {45009, 130101, -1}


@dataclass(frozen=True)
class Hook:
    """A receiver of notices: those for `groups`, or all when there are none."""

    name: str
    kind: str
    url: str
    secret: str
    groups: frozenset[str]


@dataclass(frozen=True)
class Posting:
    """What is told. `key` stays the same when it is sent again."""

    key: str
    subject: str
    words: str
    at: datetime


Body = tuple[str, dict[str, Any], dict[str, str]]  # address, what is posted, headers


def _json(hook: Hook, posting: Posting) -> Body:
    """For programs: `X-Banjie-Signature: sha256=…` is the HMAC of the body under the secret."""
    body = {
        "key": posting.key,
        "at": posting.at.isoformat(),
        "subject": posting.subject,
        "words": posting.words,
    }
    seal = hmac.new(hook.secret.encode(), _bytes(body), hashlib.sha256).hexdigest()
    return hook.url, body, {"X-Banjie-Signature": f"sha256={seal}", "X-Banjie-Key": posting.key}


def _wecom(hook: Hook, posting: Posting) -> Body:
    """企业微信 group robot: the key in the address is the secret."""
    text = f"{posting.subject}\n{posting.words}"
    return hook.url, {"msgtype": "text", "text": {"content": text[:600]}}, {}


def _dingtalk(hook: Hook, posting: Posting) -> Body:
    """钉钉 group robot: time in milliseconds and its HMAC in the address."""
    moment = str(int(posting.at.timestamp() * 1000))
    text = f"{moment}\n{hook.secret}".encode()
    seal = base64.b64encode(hmac.new(hook.secret.encode(), text, hashlib.sha256).digest())
    address = f"{hook.url}&timestamp={moment}&sign={quote_plus(seal)}"
    words = f"{posting.subject}\n{posting.words}"[:5000]
    return address, {"msgtype": "text", "text": {"content": words}}, {}


KINDS: Mapping[str, Callable[[Hook, Posting], Body]] = {
    "json": _json,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
}


def read_hooks(path: Path | None) -> tuple[Hook, ...]:
    """The receivers of a YAML file: a list of `name, kind, url, secret, groups`. Raises BadInput."""
    if path is None:
        return ()
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        hooks = tuple(_hook(row) for row in rows)
    except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError) as wrong:
        raise BadInput(
            f"{path.name} 读不出来：每一项应写 name、kind、url，可写 secret、groups。"
        ) from wrong
    names = [hook.name for hook in hooks]
    if len(set(names)) < len(names):
        raise BadInput(f"{path.name} 里有两项同名，请改名。")
    return hooks


def _hook(row: Mapping[str, Any]) -> Hook:
    hook = Hook(
        str(row["name"]),
        str(row["kind"]),
        str(row["url"]),
        str(row.get("secret", "")),
        frozenset(map(str, row.get("groups", ()))),
    )
    parts = urlsplit(hook.url)
    if hook.kind not in KINDS:
        raise BadInput(f"{hook.name}：kind 只能是 {'、'.join(KINDS)} 之一。")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise BadInput(f"{hook.name}：地址要以 https:// 开头。")
    if hook.kind != "wecom" and not hook.secret:
        raise BadInput(f"{hook.name}：缺 secret，收的一方要靠它核对签名。")
    return hook


def post(hook: Hook, posting: Posting) -> None:
    """Post to a receiver, once. Raises NotDelivered: again when it is away, busy or in trouble (5xx, 429)."""
    address, body, headers = KINDS[hook.kind](hook, posting)
    request = Request(  # noqa: S310 (the scheme was checked when the file was read)
        address,
        data=_bytes(body),
        headers={"Content-Type": "application/json; charset=utf-8", **headers},
    )
    try:
        with build_opener(_Stay()).open(request, timeout=PATIENCE) as answer:
            said = answer.read(10_000)
    except HTTPError as wrong:
        again = wrong.code >= 500 or wrong.code == 429
        raise NotDelivered(f"{hook.name} 回答 {wrong.code}", again=again) from wrong
    except (OSError, HTTPException) as away:
        raise NotDelivered(f"{hook.name} 没有应答：{away}", again=True) from away
    if hook.kind != "json":
        _check_robot(hook, said)


def _check_robot(hook: Hook, said: bytes) -> None:
    """Robots answer 200 to everything; what they think of it stands in `errcode`."""
    try:
        answer = json.loads(said)
        code = int(answer.get("errcode", 0))
    except (ValueError, AttributeError, TypeError) as wrong:
        raise NotDelivered(f"{hook.name} 的回答读不懂", again=True) from wrong
    if code:
        words = str(answer.get("errmsg", ""))[:200]
        raise NotDelivered(f"{hook.name} 拒收：{code} {words}", again=code in BUSY)


def _bytes(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class _Stay(HTTPRedirectHandler):
    """What is signed for one receiver is not carried to another."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None
