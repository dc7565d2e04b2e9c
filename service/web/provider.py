"""The OpenID provider through which people may log in (OpenID Connect Core 1.0, code flow with PKCE)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from service.config import Config
from service.model.errors import NotAllowed, Refused


class Away(Refused):
    """The provider does not answer."""

    status = 503


AWAY = "统一身份认证没有应答，请稍后再试，或用账号和密码登录。"


@dataclass(frozen=True)
class Provider:
    """A provider: the words of its button, the claim that holds an account's login."""

    name: str
    issuer: str
    claim: str
    client: Any

    def ask(self, back: str) -> Response:
        """Send the browser there; it comes back to `back`. Raises Away."""
        try:
            answer: Response = self.client.authorize_redirect(back)
        except (requests.RequestException, AuthlibBaseError, ValueError) as wrong:
            raise Away(AWAY) from wrong
        return answer

    def answered(self) -> tuple[str, str]:
        """(subject, login) of the person who comes back; state, nonce, signature, issuer, audience are checked.

        Raises NotAllowed, Away.
        """
        try:
            token = self.client.authorize_access_token()
        except requests.RequestException as wrong:
            raise Away(AWAY) from wrong
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as wrong:
            raise NotAllowed("统一身份认证没有通过，请重新登录。") from wrong
        said = token.get("userinfo") or {}
        login = said.get(self.claim)
        if not said.get("sub") or not isinstance(login, str):
            raise NotAllowed(f"统一身份认证没有给出账号（{self.claim}），请联系系统管理员。")
        return str(said["sub"]), login


def provider_of(app: Flask, config: Config) -> Provider | None:
    """The provider of the configuration; None without one."""
    if not config.oidc_issuer:
        return None
    issuer = config.oidc_issuer.rstrip("/")
    client = OAuth(app).register(
        "provider",
        client_id=config.oidc_client,
        client_secret=config.oidc_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "timeout": 10,
        },
    )
    return Provider(config.oidc_name, issuer, config.oidc_claim, client)
