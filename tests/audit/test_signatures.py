"""Signatures in plain Python: vectors of the standards, the libraries and the openssl command as oracles."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gmalg import SM2 as Library
from hypothesis import given, settings
from hypothesis import strategies as st

from service.audit.signing import Signer
from service.audit.sm2 import CommandSm2, SoftwareSm2, new_secret, sm2_signer
from service.audit.verify import (
    ED25519,
    SM2,
    SM2_ID,
    Checkpoint,
    Key,
    ed25519_verifies,
    ed25519_verify_all,
    note_signed,
    notes_signed,
    read_key,
    read_keys,
    signature_on,
    sm2_verifies,
)
from service.model.errors import Refused

# RFC 8032, section 7.1, tests 1 to 3: public key, message, signature
RFC8032 = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip

# GB/T 32918.5-2017, annex A.2
STANDARD = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
    b"message digest",
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
)


ORDER = 2**252 + 27742317777372353535851937790883648493


def changed(data: bytes, place: int) -> bytes:
    """One bit of `data` turned."""
    place %= len(data) * 8
    turned = int.from_bytes(data, "big") ^ (1 << place)
    return turned.to_bytes(len(data), "big")


@pytest.mark.parametrize(("key", "message", "signature"), RFC8032)
def test_vectors_of_rfc_8032(key: str, message: str, signature: str) -> None:
    raw = bytes.fromhex(signature)
    assert ed25519_verifies(bytes.fromhex(key), bytes.fromhex(message), raw)
    assert not ed25519_verifies(bytes.fromhex(key), b"other", raw)


def test_vector_of_gbt_32918() -> None:
    key, message, signature = bytes.fromhex(STANDARD[0]), STANDARD[1], bytes.fromhex(STANDARD[2])
    assert sm2_verifies(key, message, signature)
    assert not sm2_verifies(key, message + b".", signature)
    secret = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    assert SoftwareSm2("n", secret).public.raw == key


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 511))
def test_plain_ed25519_says_what_the_library_says(
    secret: bytes, message: bytes, place: int
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert ed25519_verifies(public, message, signature)
    assert not ed25519_verifies(public, message, changed(signature, place))
    assert not ed25519_verifies(public, message + b"x", signature)


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 70), st.integers(0), st.data())
def test_all_at_once_says_what_one_by_one_says(
    secret: bytes, count: int, place: int, data: st.DataObject
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    signed = [(b"m%d" % n, private.sign(b"m%d" % n)) for n in range(count)]
    assert ed25519_verify_all(public, signed)
    if count:
        n = data.draw(st.integers(0, count - 1))
        message, signature = signed[n]
        for wrong in ((message, changed(signature, place)), (message + b"x", signature)):
            assert not ed25519_verify_all(public, [*signed[:n], wrong, *signed[n + 1 :]])
        assert not ed25519_verify_all(public, [*signed, (message, signature[:63])])
    if count > 1:  # two wrong ones whose errors would cancel each other in a plain sum
        (m, a), (n, b) = signed[:2]
        s, t = (int.from_bytes(x[32:], "little") for x in (a, b))
        moved = [(s + 1) % ORDER, (t - 1) % ORDER]
        pair = [
            (what, x[:32] + number.to_bytes(32, "little"))
            for what, x, number in zip((m, n), (a, b), moved, strict=True)
        ]
        assert not ed25519_verify_all(public, [*pair, *signed[2:]])


def test_notes_are_checked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = Signer("banjie-x", b"k" * 32)
    notes = [
        signer.note(Checkpoint("banjie-x", n, b"a" * 32, b"b" * 32, "2025-01-01T00:00:00+00:00"))
        for n in range(1, 6)
    ]
    for library in (True, False):
        monkeypatch.setattr("service.audit.verify._has_library", lambda there=library: there)
        assert notes_signed(notes, signer.public)
        assert not notes_signed([*notes, notes[0].replace("\n1\n", "\n9\n", 1)], signer.public)
        assert not notes_signed(notes, Signer("banjie-x", b"o" * 32).public)


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=99), st.integers(0, 511))
def test_plain_sm2_says_what_the_library_says(message: bytes, place: int) -> None:
    signer = SoftwareSm2("name", new_secret())
    signature = signer.sign(message)
    assert sm2_verifies(signer.public.raw, message, signature)
    library = Library(None, SM2_ID, b"\x04" + signer.public.raw)
    assert library.verify(message, signature[:32], signature[32:])
    assert not sm2_verifies(signer.public.raw, message, changed(signature, place))
    assert not sm2_verifies(changed(signer.public.raw, place), message, signature)


@pytest.mark.parametrize("size", [0, 31, 63, 65])
def test_what_is_no_signature_or_key_is_refused(size: int) -> None:
    signer = SoftwareSm2("name", new_secret())
    assert not sm2_verifies(signer.public.raw, b"m", b"\x01" * size)
    assert not sm2_verifies(b"\x01" * size, b"m", signer.sign(b"m"))
    assert not ed25519_verifies(b"\x01" * 32, b"m", b"\x01" * size)
    for numbers in ((0, 1), (1, 0)):
        raw = b"".join(n.to_bytes(32, "big") for n in numbers)
        assert not sm2_verifies(signer.public.raw, b"m", raw)


def der(signature: bytes) -> bytes:
    """r and s as the two INTEGERs that openssl reads."""

    def number(raw: bytes) -> bytes:
        raw = raw.lstrip(b"\0")
        raw = b"\0" + raw if not raw or raw[0] & 0x80 else raw
        return bytes([2, len(raw)]) + raw

    inside = number(signature[:32]) + number(signature[32:])
    return bytes([0x30, len(inside)]) + inside


def test_openssl_agrees(tmp_path: Path) -> None:
    """Signatures of ours are right for `openssl`, which is a third implementation."""
    signer = SoftwareSm2("name", new_secret())
    head = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
    (tmp_path / "key.der").write_bytes(head + b"\x04" + signer.public.raw)
    for number in range(40):  # among 40 some have leading zeros in r or s now and then
        (tmp_path / "m").write_bytes(b"m%d" % number)
        (tmp_path / "s").write_bytes(der(signer.sign(b"m%d" % number)))
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin",
             "-digest", "sm3", "-pkeyopt", f"distid:{SM2_ID.decode()}", "-in", "m", "-sigfile", "s"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_note_bears_both_signatures() -> None:
    signer = Signer("banjie-x", b"k" * 32, (SoftwareSm2("banjie-x", new_secret()),))
    note = signer.note(Checkpoint("banjie-x", 3, b"a" * 32, b"b" * 32, "2025-01-01T00:00:00+00:00"))
    ours, theirs = signer.keys
    assert (ours.kind, theirs.kind) == (ED25519, SM2)
    assert note_signed(note, ours) and note_signed(note, theirs)
    assert read_keys("".join(f"{key.text()}\n" for key in signer.keys)) == [ours, theirs]
    lines = note.splitlines(keepends=True)
    assert signature_on("".join(lines[:-1]), theirs) is None
    assert signature_on(note.replace("\n3\n", "\n4\n"), theirs) is False
    with pytest.raises(ValueError):
        read_key(theirs.text().replace("+", "+0", 1))


def test_a_program_signs(tmp_path: Path) -> None:
    """As a card or a server would: another process has the key."""
    secret = new_secret()
    inside = SoftwareSm2("n", secret)
    (tmp_path / "sm2.pub").write_text("04" + inside.public.raw.hex() + "\n")
    program = tmp_path / "sign.py"
    program.write_text(
        "import sys\nfrom service.audit.sm2 import SoftwareSm2\n"
        f"print(SoftwareSm2('n', bytes.fromhex('{secret.hex()}')).sign(sys.stdin.buffer.read()).hex())\n"
    )
    signer = sm2_signer(f"{sys.executable} {program}", "n", tmp_path)
    assert isinstance(signer, CommandSm2)
    assert sm2_verifies(inside.public.raw, b"note", signer.sign(b"note"))
    for command, said in (
        (f"{sys.executable} -c print(12)", "与 sm2.pub 的公钥不符"),
        ("/no/such", "没有给出签名"),
    ):
        with pytest.raises(Refused, match=said):
            CommandSm2(Key("n", inside.public.raw, SM2), command).sign(b"note")
    (tmp_path / "sm2.pub").unlink()
    with pytest.raises(Refused, match="读不了 SM2 公钥"):
        sm2_signer("program", "n", tmp_path)


def test_the_key_of_the_software_signer_is_kept(tmp_path: Path) -> None:
    first = sm2_signer("software", "n", tmp_path)
    assert sm2_signer("software", "n", tmp_path).public == first.public
    assert (tmp_path / "sm2.key").stat().st_mode & 0o077 == 0
