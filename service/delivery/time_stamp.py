"""Time-stamps of a third party over what we sign (RFC 3161): asked for over HTTP, and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from cryptography import x509

from service.delivery.failure import NotDelivered
from service.model.errors import BadInput

PATIENCE = 15.0
MOST = 100_000  # bytes of an answer


@dataclass(frozen=True)
class TimeAuthority:
    """Whom we ask (may be empty: only checking), and the roots of the certificates that we trust."""

    url: str
    roots: tuple[x509.Certificate, ...]


def read_time_authority(url: str, roots: Path | None) -> TimeAuthority | None:
    """The authority of the settings; None where none is set. Raises BadInput."""
    if not url and roots is None:
        return None
    if roots is None:
        raise BadInput(
            "设置了 BANJIE_TSA_URL，还要用 BANJIE_TSA_CA 给出时间戳机构的根证书（PEM）。"
        )
    if url and not url.startswith(("https://", "http://")):
        raise BadInput("BANJIE_TSA_URL 应是 http 或 https 地址。")
    _library()
    try:
        return TimeAuthority(url, tuple(x509.load_pem_x509_certificates(roots.read_bytes())))
    except (OSError, ValueError) as wrong:
        raise BadInput(f"读不了时间戳机构的根证书 {roots}：{wrong}") from wrong


def time_stamp(authority: TimeAuthority, message: bytes) -> bytes:
    """The authority's answer over `message`, checked; what `openssl ts` reads. Raises NotDelivered."""
    library = _library()
    builder = library.TimestampRequestBuilder().data(message)
    asked = builder.hash_algorithm(library.HashAlgorithm.SHA256).build()
    request = Request(  # noqa: S310 (the operator's own address, http or https)
        authority.url, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            answer = bytes(response.read(MOST))
    except (OSError, HTTPException, ValueError) as wrong:
        raise NotDelivered(f"时间戳机构没有应答：{wrong}", again=True) from wrong
    stamped_at(authority, answer, message, nonce=asked.nonce)
    return answer


def stamped_at(
    authority: TimeAuthority, answer: bytes, message: bytes, *, nonce: int | None = None
) -> datetime:
    """When the authority saw `message`. Raises NotDelivered when the answer does not say so."""
    library = _library()
    builder = library.VerifierBuilder(roots=list(authority.roots), nonce=nonce)
    try:
        response = library.decode_timestamp_response(answer)
        builder.build().verify_message(response, message)
        return response.tst_info.gen_time  # type: ignore[no-any-return]
    except (ValueError, library.VerificationError) as wrong:
        raise NotDelivered(f"时间戳不对：{wrong}", again=True) from wrong


def _library() -> Any:
    try:
        import rfc3161_client  # noqa: PLC0415 (an extra)
    except ImportError as wrong:
        raise BadInput("时间戳要先装 rfc3161-client：pip install 'banjie[tsa]'。") from wrong
    return rfc3161_client
