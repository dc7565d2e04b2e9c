"""Mail by SMTP (RFC 5321)."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from service.delivery.failure import NotDelivered
from service.model.errors import BadInput

PORTS = {"smtp": 587, "smtps": 465}
PATIENCE = 20.0


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and from whom it comes.

    `secure`: TLS from the first byte; otherwise STARTTLS is used when the server offers it, and a password
    is never sent without it.
    """

    host: str
    port: int
    secure: bool
    sender: str
    user: str = ""
    password: str = ""


def read_mail_server(url: str, sender: str) -> MailServer | None:
    """The server of `smtp[s]://user:password@host:port`; None for an empty address. Raises BadInput."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        Address(addr_spec=sender)
    except (KeyError, ValueError, IndexError) as wrong:
        raise BadInput(
            "BANJIE_MAIL_URL 应写成 smtp://用户:密码@主机:端口，BANJIE_MAIL_FROM 应是一个邮箱地址。"
        ) from wrong
    if not parts.hostname or "@" not in sender:
        raise BadInput("BANJIE_MAIL_URL 里缺主机，或 BANJIE_MAIL_FROM 不是邮箱地址。")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port, parts.scheme == "smtps", sender, user, password)


@dataclass(frozen=True)
class Letter:
    """Plain text for one person. `key` makes the Message-ID: the same letter sent twice is known as one."""

    key: str
    to: str
    subject: str
    words: str
    at: datetime


def send_mail(server: MailServer, letter: Letter) -> None:
    """Hand in one letter. Raises NotDelivered: again when the server is away or says so (4xx)."""
    message = _message(server, letter)
    try:
        with _connected(server) as smtp:
            smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise NotDelivered(_said(code, said), again=code < 500) from refused
    except smtplib.SMTPResponseException as wrong:
        again = wrong.smtp_code < 500 or isinstance(wrong, smtplib.SMTPAuthenticationError)
        raise NotDelivered(_said(wrong.smtp_code, wrong.smtp_error), again=again) from wrong
    except (OSError, smtplib.SMTPException) as away:
        raise NotDelivered(f"邮件服务器没有应答：{away}", again=True) from away


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.secure:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif server.user:
            smtp.close()
            raise NotDelivered("邮件服务器不支持加密，密码没有发出。", again=True)
    if server.user:
        smtp.login(server.user, server.password)
    return smtp


def _message(server: MailServer, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(display_name="办结", addr_spec=server.sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.key}@{server.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers by machines
    message.set_content(letter.words)
    return message


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"邮件服务器拒收：{code} {text}"[:500]
