#!/usr/bin/env python3
"""核验一份办结证据包：python3 verify.py 证据包.zip [--checkpoint 您手中的检查点.txt] [--key 您手中的公钥.txt]
见证检查点：python3 verify.py 更新.txt --witness 您留存的检查点.txt --key 您手中的公钥.txt

Checks an evidence package of Banjie without Banjie: one file, standard library only, so that an auditor
can read it, carry it and run it on a machine of his own. Ed25519 and SM2 are checked in plain Python where
no library is there: slowly (some milliseconds each), with the same answer.

Level 1: every file is the one listed; every event follows the one before (SHA-256 chain); the tree of RFC 9162
over all events has the roots (SHA-256 and SM3) that the checkpoints sign, or that over a period's events, with the
edge to its left, is proven to be their beginning; what was filled in, attached and
deployed has the digest that the events name. Level 2: the checkpoint that the auditor holds is a prefix of this
record. As a witness it keeps the last checkpoint that it has seen, and accepts another one only with a proof
that the kept one is its beginning. Exit status: 0 all holds, 1 something does not, 2 cannot be read.

It is also the library in which the service itself checks trees and notes: there is one way to check.
"""

from __future__ import annotations

import argparse
import base64
import bisect
import functools
import hashlib
import importlib.util
import itertools
import json
import os
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple

GENESIS = "0" * 64
Digest = Callable[[bytes], bytes]


# --- hashes


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def _rotate(x: int, n: int) -> int:
    n %= 32
    return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF


def sm3_plain(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016) in plain Python, for machines whose OpenSSL lacks it."""
    state = [
        0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
    ]  # fmt: skip
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    for start in range(0, len(padded), 64):
        w = list(struct.unpack(">16I", padded[start : start + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
            w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            turn = _rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j)
            ss1 = _rotate((_rotate(a, 12) + e + turn) & 0xFFFFFFFF, 7)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
            tt1 = (ff + d + (ss1 ^ _rotate(a, 12)) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
            tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
            a, b, c, d = tt1, a, _rotate(b, 9), c
            e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True)]
    return struct.pack(">8I", *state)


def _has_sm3() -> bool:
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        return False
    return True


if _has_sm3():
    _fresh_sm3 = hashlib.new("sm3")

    _leaf_sm3 = hashlib.new("sm3", b"\x00")

    def sm3(data: bytes) -> bytes:
        """SM3."""
        # looking the algorithm up by name each time costs more than a short hash
        found = _fresh_sm3.copy()
        found.update(data)
        return found.digest()

    def sm3_of_leaf(data: bytes) -> bytes:
        """SM3 of a leaf: the same as `leaf_hash(data, sm3)`, without copying the data."""
        found = _leaf_sm3.copy()
        found.update(data)
        return found.digest()
else:
    sm3 = sm3_plain

    def sm3_of_leaf(data: bytes) -> bytes:
        """SM3 of a leaf."""
        return sm3_plain(b"\x00" + data)


_leaf_sha256 = hashlib.sha256(b"\x00")


def sha256_of_leaf(data: bytes) -> bytes:
    """SHA-256 of a leaf: the same as `leaf_hash(data)`, without copying the data."""
    found = _leaf_sha256.copy()
    found.update(data)
    return found.digest()


# --- the tree of RFC 9162, section 2.1


def leaf_hash(data: bytes, digest: Digest = sha256) -> bytes:
    """Hash of a leaf: 0x00 before the data."""
    return digest(b"\x00" + data)


def node_hash(left: bytes, right: bytes, digest: Digest = sha256) -> bytes:
    """Hash of a node: 0x01 before its two children."""
    return digest(b"\x01" + left + right)


class Growing:
    """The root of a tree that grows at its right edge, kept as the complete subtrees there."""

    def __init__(self, digest: Digest = sha256) -> None:
        self.digest = digest
        self.size = 0
        self.edge: list[
            bytes | None
        ] = []  # by height: the subtree of 2**height leaves, where `size` has a 1

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        self.extend([leaf])

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add many, height by height: several times as fast as one by one."""
        digest, level, height = self.digest, list(leaves), 0
        self.size += len(level)
        while level:
            if height == len(self.edge):
                self.edge.append(None)
            left = self.edge[height]
            if left is not None:
                level.insert(0, left)
            self.edge[height] = level.pop() if len(level) & 1 else None
            pairs = iter(level)
            level = [digest(b"\x01" + a + b) for a, b in zip(pairs, pairs, strict=True)]
            height += 1

    def root(self) -> bytes:
        """The root now; of an empty tree the hash of nothing."""
        found = None
        for left in self.edge:
            if left is not None:
                found = left if found is None else node_hash(left, found, self.digest)
        return self.digest(b"") if found is None else found


def root_by_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], digest: Digest = sha256
) -> bytes | None:
    """The root to which a proof leads from leaf `index` (from 0) of `size`; None for a proof of wrong length.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    fn, sn, found = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            found = node_hash(step, found, digest)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step, digest)
        fn, sn = fn >> 1, sn >> 1
    return found if sn == 0 else None


def is_prefix(
    old_size: int,
    new_size: int,
    old_root: bytes,
    new_root: bytes,
    proof: Sequence[bytes],
    digest: Digest = sha256,
) -> bool:
    """Whether `proof` shows that the tree of `old_size` leaves is the beginning of that of `new_size`.

    RFC 9162, section 2.1.4.2.
    """
    if old_size == new_size:
        return old_root == new_root and not proof
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(step, old, digest), node_hash(step, new, digest)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, step, digest)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (old, new) == (old_root, new_root)


# --- signed notes (C2SP signed-note, tlog-checkpoint)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint states: the log's name, how many events, both roots, when."""

    origin: str
    size: int
    sha256: bytes
    sm3: bytes
    at: str

    def text(self) -> str:
        """The text that is signed."""
        roots = (base64.b64encode(self.sha256).decode(), base64.b64encode(self.sm3).decode())
        return f"{self.origin}\n{self.size}\n{roots[0]}\nsm3 {roots[1]}\ntime {self.at}\n"


ED25519 = b"\x01"
SM2 = b"\xffsm2-with-sm3"  # 0xff: an algorithm to which C2SP has given no byte
SIZES = {ED25519: 32, SM2: 64}


@dataclass(frozen=True)
class Key:
    """A public key that checks notes: its name, its bytes (Ed25519: 32; SM2: x and y, 64), its algorithm."""

    name: str
    raw: bytes
    kind: bytes = ED25519

    @property
    def short(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.raw)[:4]

    def text(self) -> str:
        """As written in a file: name+id+key."""
        return f"{self.name}+{self.short.hex()}+{base64.b64encode(self.kind + self.raw).decode()}"


def read_key(text: str) -> Key:
    """The inverse of `Key.text`. Raises ValueError."""
    name, _, rest = text.strip().partition("+")
    short, _, coded = rest.partition("+")
    raw = base64.b64decode(coded, validate=True)
    for kind, size in SIZES.items():
        if raw.startswith(kind) and len(raw) == len(kind) + size:
            key = Key(name, raw[len(kind) :], kind)
            if key.short.hex() == short:
                return key
    raise ValueError("公钥的写法不对")


def read_keys(text: str) -> list[Key]:
    """The keys of a file, one a line; the first one (Ed25519) signs every note. Raises ValueError."""
    keys = [read_key(line) for line in text.splitlines() if line.strip()]
    if not keys or keys[0].kind != ED25519:
        raise ValueError("公钥文件的第一行应是 Ed25519 公钥")
    return keys


def read_note(note: str) -> tuple[Checkpoint, list[tuple[str, bytes, bytes]]]:
    """A note's checkpoint and its signatures as (key's name, key's id, signature). Raises ValueError."""
    text, separator, tail = note.partition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 5 or lines[3][:4] != "sm3 " or lines[4][:5] != "time ":
        raise ValueError("检查点的写法不对")
    checkpoint = Checkpoint(
        lines[0],
        int(lines[1]),
        base64.b64decode(lines[2], validate=True),
        base64.b64decode(lines[3][4:], validate=True),
        lines[4][5:],
    )
    signatures = []
    for line in filter(None, tail.split("\n")):
        dash, name, coded = line.split(" ")
        raw = base64.b64decode(coded, validate=True)
        if dash != "—" or len(raw) < 5:
            raise ValueError("检查点的签名行写法不对")
        signatures.append((name, raw[:4], raw[4:]))
    return checkpoint, signatures


def signed_by(key: Key, message: bytes, signature: bytes) -> bool:
    """Whether a signature is right."""
    if key.kind == SM2:
        return sm2_verifies(key.raw, message, signature)
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (optional)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )
    except ImportError:
        return ed25519_verifies(key.raw, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _has_library() -> bool:
    return importlib.util.find_spec("cryptography") is not None


def note_signed(note: str, key: Key) -> bool:
    """Whether a note bears a right signature of the key."""
    return bool(signature_on(note, key))


def signature_on(note: str, key: Key) -> bool | None:
    """The same; None when the note has no signature line of the key at all."""
    line = _line_of(note, key)
    return None if line is None else signed_by(key, *line)


def _line_of(note: str, key: Key) -> tuple[bytes, bytes] | None:
    """What a note has signed, and its signature of the key; None when it has no line of the key."""
    for name, short, signature in read_note(note)[1]:
        if (name, short) == (key.name, key.short):
            return (note.partition("\n\n")[0] + "\n").encode(), signature
    return None


def notes_signed(notes: Sequence[str], key: Key) -> bool:
    """Whether every note bears a right signature of the key."""
    lines = [_line_of(note, key) for note in notes]
    if None in lines:
        return False
    told = [line for line in lines if line]
    if key.kind == ED25519 and not _has_library():
        return ed25519_verify_all(key.raw, told)
    return all(signed_by(key, *line) for line in told)


# --- keys that follow each other: an event signed by the old key names the new one

CHANGE_KEY = "change_key"


@dataclass(frozen=True)
class Change:
    """The event `seq` is the last one that `old` has signed; `new` signs what follows. Of SM2: the last one that a
    checkpoint signed by `old` may have."""

    seq: int
    old: Key
    new: Key


def following(old: Key, new: Key) -> bytes:
    """What the new key signs beside, so that both keys say that one follows the other."""
    return f"{old.text()}\n{new.text()}\n".encode()


def read_change(body: bytes, signature: bytes) -> Change:
    """The change that an event tells. Raises ValueError unless both keys have signed it.

    An Ed25519 key signs the event itself; an SM2 key, which signs no events, the names of both keys.
    """
    event = json.loads(body)
    told, seq = event["key"], int(event["seq"])
    old, new = read_key(told["old"]), read_key(told["new"])
    if event["act"] != CHANGE_KEY or (old.name, old.kind) != (new.name, new.kind):
        raise ValueError(f"事件 {seq} 不是更换密钥的事件")
    beside = following(old, new), bytes.fromhex(told.get("old_proof", ""))
    if not signed_by(old, *((body, signature) if old.kind == ED25519 else beside)):
        raise ValueError(f"事件 {seq} 更换密钥没有原密钥的签名：密钥被换过")
    if not signed_by(new, beside[0], bytes.fromhex(told["proof"])):
        raise ValueError(f"事件 {seq} 更换密钥没有新密钥的签名")
    return Change(seq, old, new)


class Keys:
    """The keys of a log of one algorithm in their order, and for which events each is good."""

    def __init__(self, first: Key, changes: Sequence[Change] = ()) -> None:
        self.keys, self.starts = [first], [0]
        for change in changes:
            if change.new.kind == first.kind:
                self.follow(change)

    def follow(self, change: Change) -> None:
        """Another key from here on. Raises ValueError when it does not follow the last one."""
        if change.old != self.keys[-1] or change.seq <= self.starts[-1]:
            raise ValueError(f"事件 {change.seq} 更换密钥接不上此前的密钥：密钥被换过")
        self.keys.append(change.new)
        self.starts.append(change.seq)

    def of_event(self, seq: int) -> Key:
        """The key that signs an event."""
        return self.keys[bisect.bisect_left(self.starts, seq) - 1]

    def of_note(self, size: int) -> Key:
        """The key that signs a checkpoint over so many events."""
        return self.keys[bisect.bisect_right(self.starts, size) - 1]


def keys_from(held: Key, changes: Sequence[Change]) -> Keys:
    """The keys of a log of which one is known. Raises ValueError when it is none of them."""
    first = next((c.old for c in changes if c.old.kind == held.kind), held)
    keys = Keys(first, changes)
    if held not in keys.keys:
        raise ValueError("您手中的公钥不在更换过的密钥之中：签名的不是原来的系统")
    return keys


# --- signatures in plain Python: Ed25519 (RFC 8032, 5.1.7) and SM2 (GB/T 32918.2, 7.1)

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_2D = 2 * _D % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, ...]


@functools.lru_cache(maxsize=8)
def _multiples(p: Point, zero: Point, add: Callable[[Point, Point], Point]) -> list[list[Point]]:
    """d times 256**i times p for each place i of a number and each byte d there.

    A product is then a sum of 32 of them. Made once for a key, since a log has thousands of signatures of one key.
    """
    rows = []
    for _ in range(32):
        row = [zero, p]
        for _ in range(255):
            row.append(add(row[-1], p))
        p = row.pop()
        rows.append(row)
    return rows


def _sum_of_two(
    a: int, p: Point, b: int, q: Point, zero: Point, add: Callable[[Point, Point], Point]
) -> Point:
    """a times p and b times q, byte by byte."""
    found = zero
    for number, point in ((a, p), (b, q)):
        rows = _multiples(point, zero, add)
        for row, byte in zip(rows, number.to_bytes(32, "little"), strict=True):
            if byte:
                found = add(found, row[byte])
    return found


def _edwards_add(p: Point, q: Point) -> Point:
    x, y, z, t = p
    u, v, w, s = q
    a, b = (y - x) * (v - u), (y + x) * (v + u)
    c, d = _2D * t % _P * s, 2 * z * w
    e, f, g, h = b - a, (d - c) % _P, (d + c) % _P, b + a
    e, h = e % _P, h % _P
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _edwards_decoded(raw: bytes) -> Point | None:
    """The point that 32 bytes stand for; None when they stand for none."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(raw) != 32 or y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P  # x is the square root of u / v
    v3 = v * v * v % _P
    x = u * v3 * pow(u * v3 * v3 * v, (_P - 5) // 8, _P) % _P
    if (v * x * x - u) % _P:
        x = x * _ROOT % _P
    if (v * x * x - u) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_edwards_point = functools.lru_cache(maxsize=8)(
    _edwards_decoded
)  # of keys, asked for again and again


@functools.lru_cache(maxsize=8)
def _edwards_rows(p: Point) -> list[list[Point]]:
    """`_multiples` of a point with z = 1, each as (y - x, y + x, 2dxy), which saves a quarter of an addition."""
    rows = _multiples(p, (0, 1, 1, 0), _edwards_add)
    products = list(
        itertools.accumulate((q[2] for row in rows for q in row), lambda a, b: a * b % _P)
    )
    inverse = pow(products[-1], -1, _P)  # one inversion for all
    made: list[Point] = []
    for q, before in zip(
        [q for row in rows for q in row][::-1], [*products[-2::-1], 1], strict=True
    ):
        part = inverse * before % _P
        inverse = inverse * q[2] % _P
        x, y = q[0] * part % _P, q[1] * part % _P
        made.append(((y - x) % _P, (y + x) % _P, _2D * x * y % _P))
    made.reverse()
    return [made[i : i + 256] for i in range(0, len(made), 256)]


def _edwards_sum(products: Sequence[tuple[int, Point]]) -> tuple[int, int, int]:
    """The sum of numbers times points."""
    x, y, z, t = 0, 1, 1, 0
    for number, point in products:
        for row, byte in zip(_edwards_rows(point), number.to_bytes(32, "little"), strict=True):
            if not byte:
                continue
            less, more, twice = row[byte]
            a, b, c = (y - x) * less, (y + x) * more, t * twice
            e, f, g, h = (b - a) % _P, (z + z - c) % _P, (z + z + c) % _P, (b + a) % _P
            x, y, z, t = e * f % _P, g * h % _P, f * g % _P, e * h % _P
    return x, y, z


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519 without a library."""
    key, base = _edwards_point(public), _edwards_point(bytes([0x58] + [0x66] * 31))
    s = int.from_bytes(signature[32:], "little")
    if key is None or base is None or len(signature) != 64 or s >= _Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _Q
    minus = (_P - key[0], key[1], 1, _P - key[3])
    x, y, z = _edwards_sum(((s, base), (h, minus)))  # s B - h A, to be R
    part = pow(z, -1, _P)
    found = (y * part % _P) | (x * part % _P & 1) << 255
    return found.to_bytes(32, "little") == signature[:32]


def _edwards_sum_of_many(products: Sequence[tuple[int, Point]], bits: int) -> Point:
    """The sum of numbers of so many bits times points, all of them different (Pippenger): for many of them a
    dozen additions each."""
    width = max(4, len(products).bit_length() - 3)
    found: Point = (0, 1, 1, 0)
    for place in range((bits - 1) // width * width, -1, -width):
        for _ in range(width):
            found = _edwards_add(found, found)
        piles: list[Point] = [(0, 1, 1, 0)] * (1 << width)
        for number, point in products:
            digit = number >> place & ((1 << width) - 1)
            if digit:
                piles[digit] = _edwards_add(piles[digit], point)
        above = whole = piles[0]
        for pile in reversed(piles[1:]):  # each as many times as its digit says
            above = _edwards_add(above, pile)
            whole = _edwards_add(whole, above)
        found = _edwards_add(found, whole)
    return found


def ed25519_verify_all(public: bytes, signed: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether all signatures (message, signature) of a key are right: several times as fast as one by one.

    Each has R = s B - h A. Instead, their sum is compared, each times a number of 128 bits that nobody can foresee:
    when one of them is wrong, it holds by chance once in 2**128. (Only who has the secret key could make wrong ones
    that hold more often, by points of small order; he need not.)
    """
    key, base = _edwards_point(public), _edwards_point(bytes([0x58] + [0x66] * 31))
    if key is None or base is None:
        return False
    first = second = 0
    points: list[tuple[int, Point]] = []
    for message, signature in signed:
        s, point = int.from_bytes(signature[32:], "little"), _edwards_decoded(signature[:32])
        if len(signature) != 64 or s >= _Q or point is None:
            return False
        h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
        number = int.from_bytes(os.urandom(16), "little")
        first, second = (first + number * s) % _Q, (second + number * h) % _Q
        points.append((number, point))
    minus = (_P - key[0], key[1], 1, _P - key[3])
    x, y, z = _edwards_sum(((first, base), (second, minus)))
    u, v, w, _ = _edwards_sum_of_many(points, 128)
    return (x * w - u * z) % _P == 0 and (y * w - v * z) % _P == 0


# the curve of GB/T 32918.5
_SP = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_SA = _SP - 3
_SB = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_SN = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_SG = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SM2_ID = b"1234567812345678"  # whose signature: the default of GB/T 35276


def _curve_twice(p: Point) -> Point:
    x, y, z = p
    delta, gamma = z * z % _SP, y * y % _SP
    beta, alpha = x * gamma % _SP, 3 * (x - delta) * (x + delta) % _SP
    found = (alpha * alpha - 8 * beta) % _SP
    up = (alpha * (4 * beta - found) - 8 * gamma * gamma) % _SP
    return found, up, ((y + z) ** 2 - gamma - delta) % _SP


def _curve_add(p: Point, q: Point) -> Point:
    """The sum of two points of the SM2 curve, in Jacobian coordinates; z = 0 is the point at infinity."""
    if p == q:
        return _curve_twice(p)
    if p[2] == 0 or q[2] == 0:
        return q if p[2] == 0 else p
    z1, z2 = p[2] * p[2] % _SP, q[2] * q[2] % _SP
    u1, s1 = p[0] * z2 % _SP, p[1] * z2 * q[2] % _SP
    h, r = (q[0] * z1 - u1) % _SP, (q[1] * z1 * p[2] - s1) % _SP
    if h == 0:
        return _curve_twice(p) if r == 0 else (1, 1, 0)
    h2, h3 = h * h % _SP, h * h * h % _SP
    x = (r * r - h3 - 2 * u1 * h2) % _SP
    return x, (r * (u1 * h2 - x) - s1 * h3) % _SP, h * p[2] * q[2] % _SP


def sm2_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """SM2 with SM3: the key is x and y, the signature r and s, 32 bytes each."""
    if len(public) != 64 or len(signature) != 64:
        return False
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % _SN
    if max(x, y) >= _SP or (y * y - x * x * x - _SA * x - _SB) % _SP:
        return False  # no point of the curve
    if not (0 < r < _SN and 0 < s < _SN and t):
        return False
    numbers = (_SA, _SB, *_SG)
    about = struct.pack(">H", len(SM2_ID) * 8) + SM2_ID
    about += b"".join(n.to_bytes(32, "big") for n in numbers) + public
    e = int.from_bytes(sm3(sm3(about) + message), "big")
    found = _sum_of_two(s, (*_SG, 1), t, (x, y, 1), (1, 1, 0), _curve_add)
    if found[2] == 0:
        return False
    return (e + found[0] * pow(found[2], -2, _SP) % _SP - r) % _SN == 0


# --- an evidence package


@dataclass
class Report:
    """What was found: (number of the event or 0, sentence), and what was checked."""

    bad: list[tuple[int, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def wrong(self, sentence: str, seq: int = 0) -> None:
        """Note a finding."""
        self.bad.append((seq, sentence))


# an absolute path, a drive, a backslash, a part that is `..` or empty, a sign that does not print
_UNSAFE = re.compile(r"^/|^[A-Za-z]:|[\\\x00-\x1f\x7f]|(^|/)\.{0,2}(/|$)")


class Note(NamedTuple):
    """A checkpoint of the package: its file, its text, what it states."""

    name: str
    text: str
    at: Checkpoint


UNPACKED = 100  # a package unpacks to no more than so many times its size
SMALL = 1 << 28  # bytes, below which it may
AT_ONCE = 1 << 29  # bytes of a file that is read as a whole
LINE = 1 << 24  # bytes of a line: an event or a signature


class Package:
    """The files of an evidence package. Raises ValueError for one that would fill the machine."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > max(SMALL, UNPACKED * archive.start_dir):
            raise ValueError(f"解压后有 {unpacked} 字节，远大于文件本身，疑似压缩炸弹，没有解压")
        self.archive = archive
        self.names = set(archive.namelist())
        self.digests: dict[str, str] = {}  # of files that were read to their end
        self.manifest = json.loads(self.read("manifest.json"))

    def odd_names(self) -> Iterator[str]:
        """What is wrong with the names of its files: others would unpack something else than is checked here."""
        seen: set[str] = set()
        for name in self.archive.namelist():
            if name.casefold() in seen:
                yield f"包里有两个文件叫 {name}：核对的和解压出来的可能不是同一个"
            seen.add(name.casefold())
            if _UNSAFE.search(name):
                yield f"文件名 {name!r} 不合规范，解压时可能写到文件夹以外"

    def read(self, name: str) -> bytes:
        """A file as a whole. Raises ValueError for one that is too large for that."""
        if self.archive.getinfo(name).file_size > AT_ONCE:
            raise ValueError(f"文件 {name} 太大")
        content = self.archive.read(name)
        self.digests[name] = sha256(content).hex()
        return content

    def text(self, name: str) -> str:
        """A file as text."""
        return self.read(name).decode()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, one after the other, never all at once."""
        return itertools.chain.from_iterable(self.blocks(name))

    def blocks(self, name: str) -> Iterator[list[bytes]]:
        """The lines of a file, some thousands at a time; the file's digest is known at its end."""
        rest, found = b"", hashlib.sha256()
        with self.archive.open(name) as stream:
            while block := stream.read(1 << 20):
                found.update(block)
                *lines, rest = (rest + block).split(b"\n")
                if len(rest) > LINE:
                    raise ValueError(f"{name} 有一行超过 {LINE} 字节，不是事件")
                yield lines
        if rest:
            yield [rest]
        self.digests[name] = found.hexdigest()

    def digest(self, name: str) -> str:
        """SHA-256 of a file, in hexadecimal."""
        if name not in self.digests:
            found = hashlib.sha256()
            with self.archive.open(name) as stream:
                while block := stream.read(1 << 20):
                    found.update(block)
            self.digests[name] = found.hexdigest()
        return self.digests[name]

    def bundle_digest(self, digest: str) -> str:
        """The digest of deployed files: SHA-256 over their sorted names and SHA-256s."""
        folder = f"bundles/{digest}/"
        lines = (f"{self.digest(name)}  {name[len(folder) :]}\n" for name in self.below(folder))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def below(self, folder: str) -> list[str]:
        """Names of the files of a folder, sorted."""
        return sorted(n for n in self.names if n.startswith(folder) and not n.endswith("/"))


@dataclass
class _Checking:
    """A package while it is checked: its notes in order of size, what the auditor holds, and what is noted of its
    events as they pass by."""

    package: Package
    notes: list[Note]
    held: Checkpoint | None
    contents: _Contents
    signatures: _Signatures
    times: _Times
    report: Report

    @property
    def sizes(self) -> list[int]:
        """At which both roots are wanted."""
        return sorted({n.at.size for n in self.notes} | ({self.held.size} if self.held else set()))

    @property
    def newest(self) -> Checkpoint:
        """What the newest note of the package states."""
        if not self.notes:
            raise ValueError("包里没有检查点")
        return self.notes[-1].at

    def agrees(self) -> None:
        """The auditor's own checkpoint is a beginning of this record."""
        if self.held:
            self.report.told.append(
                f"与您手中的检查点（{self.held.size} 个事件，{self.held.at}）一致"
            )


def check(
    package: Package,
    held: str | None = None,
    held_keys: Sequence[Key] = (),
    every: bool = False,
) -> Report:
    """Everything that can be checked: `held` is the note and `held_keys` the keys that the auditor has.

    `every` checks the signature of each event; else only of those after the last checkpoint. Events are read
    once: chain, trees, signatures and what they name are looked at while they pass by.
    """
    report = Report()
    keys = [Keys(key) for key in read_keys(package.text("key.txt"))]
    notes = _read_notes(package, report)
    signatures = _Signatures(package, keys, notes, every, report)
    contents, times = _Contents(package, report), _Times(package)
    own = read_note(held)[0] if held else None
    now = _Checking(package, notes, own, contents, signatures, times, report)
    how = {"all": _check_log, "period": _check_period}.get(
        package.manifest["scope"], _check_extract
    )
    how(now)
    times.conclude(report)
    signatures.conclude(held_keys)
    _check_notes(package, notes, keys, report)
    if held and own and not note_signed(held, keys[0].of_note(own.size)):
        report.wrong("您手中的检查点不是用证据包的公钥签名的：密钥被换过，或不是同一个系统")
    contents.conclude()
    _check_files(package, report)
    return report


def _check_files(package: Package, report: Report) -> None:
    listed = package.manifest["files"]
    for sentence in package.odd_names():
        report.wrong(sentence)
    for name in sorted(package.names - set(listed) - {"manifest.json"}):
        report.wrong(f"文件 {name} 不在清单里")
    for name, digest in sorted(listed.items()):
        if name not in package.names:
            report.wrong(f"清单里的文件 {name} 不见了")
        elif package.digest(name) != digest:
            report.wrong(f"文件 {name} 与清单的摘要不符")
    report.told.append(f"文件 {len(listed)} 个，与清单核对")


# --- its checkpoints


def _read_notes(package: Package, report: Report) -> list[Note]:
    """All of them, by size."""
    names = [n for n in package.below("checkpoints/") if not n.endswith(".tsr")]
    texts = [(name, package.text(name)) for name in names]
    found = [Note(name, text, read_note(text)[0]) for name, text in texts]
    for name, _, checkpoint in found:
        if checkpoint.origin != package.manifest["origin"]:
            report.wrong(f"检查点 {name} 属于另一个日志 {checkpoint.origin}")
    return sorted(found, key=lambda note: note.at.size)


def _check_notes(
    package: Package, notes: Sequence[Note], keys: Sequence[Keys], report: Report
) -> None:
    """Signatures of notes: by the key of that time, and by those beside; and their time-stamps."""
    for key, group in itertools.groupby(notes, lambda note: keys[0].of_note(note.at.size)):
        together = list(group)
        if not notes_signed([note.text for note in together], key):
            for note in together:
                if not note_signed(note.text, key):
                    report.wrong(f"检查点 {note.name} 的签名不对")
    second = _check_beside(notes, keys[1:], report)
    told = f"，其中 {second} 个另有 SM2 签名" if second else ""
    report.told.append(f"检查点 {len(notes)} 个，签名已核验{told}")
    stamps = [n for n in package.below("checkpoints/") if n.endswith(".tsr")]
    if sum(_check_stamp(package, name, report) for name in stamps):
        report.told.append(
            f"时间戳 {len(stamps)} 个（RFC 3161），摘要相符；它的签名请核验："
            "openssl ts -verify -in N.tsr -data N.txt -CAfile 机构根证书.pem"
        )


def _check_beside(notes: Sequence[Note], keys: Sequence[Keys], report: Report) -> int:
    """Signatures of the keys beside; once a note has them, no later one may lack them. Returns how many have."""
    second = 0
    for name, text, at in notes:
        signed = [signature_on(text, chain.of_note(at.size)) for chain in keys]
        second += any(signed)
        if False in signed:
            report.wrong(f"检查点 {name} 的 SM2 签名不对")
        elif second and None in signed:
            report.wrong(f"检查点 {name} 没有 SM2 签名，而更早的已有：签名行被去掉")
    return second


def _check_stamp(package: Package, name: str, report: Report) -> bool:
    """Whether a time-stamp names the note's digest; its own signature needs the authority's certificates."""
    note = f"{name[:-4]}.txt"
    good = note in package.names and sha256(package.read(note)) in package.read(name)
    if not good:
        report.wrong(f"时间戳 {name} 不是这个检查点的")
    return good


# --- its events: of the whole log


def _check_log(now: _Checking) -> None:
    """Chain and trees over the whole log, both roots at the size of each checkpoint."""
    trees, report, held = (Growing(sha256), Growing(sm3)), now.report, now.held
    roots = _walk(now, trees, GENESIS.encode())
    seq, good = trees[0].size, 0
    report.told.append(f"事件 {seq} 个，前后相接和两棵树已核对")
    for note in now.notes:
        good = _check_root(note.at, roots, good, seq, report)
    if held and held.size > seq:
        gone = "后面的被删去，或恢复了旧备份"
        report.wrong(f"您手中的检查点记有 {held.size} 个事件，包里只有 {seq} 个：{gone}", seq + 1)
    elif held and roots.get(held.size) != (held.sha256, held.sm3):
        report.wrong(f"第 {held.size} 个事件以前与您手中的检查点不符：历史被改写", good + 1)
    else:
        now.agrees()


def _walk(
    now: _Checking, trees: tuple[Growing, Growing], previous: bytes | None
) -> dict[int, tuple[bytes, bytes]]:
    """All events of the package, which follow each other, into the trees; both roots at each size that is wanted.

    `previous`: the hash of the event before the first one; None where it is not known.
    """
    roots: dict[int, tuple[bytes, bytes]] = {}
    start = seq = trees[0].size
    contents, signatures, sizes = now.contents, now.signatures, now.sizes
    for block in now.package.blocks("events.jsonl"):
        roots.update(_grown(trees, block, sizes))
        now.times.see(block, seq)
        for body in block:
            seq += 1
            signed = seq > signatures.covered  # by its own signature, until a checkpoint covers it
            named = contents.read(body, seq, whole=signed)
            if named != previous and (previous is not None or not named):
                now.report.wrong(f"事件 {seq} 与前一事件接不上", seq)
            previous = hashlib.sha256(body).hexdigest().encode()
            if signed or body.startswith(_CHANGES):
                signatures.read(body, seq, seq - start)
    return roots


def _grown(
    trees: tuple[Growing, Growing], block: Sequence[bytes], wanted: Sequence[int]
) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """Carry some events into both trees; yields (size, both roots) at each size that is wanted on the way."""
    start = trees[0].size
    end = start + len(block)
    leaves = list(map(sha256_of_leaf, block)), list(map(sm3_of_leaf, block))
    first, last = bisect.bisect_right(wanted, start), bisect.bisect_right(wanted, end)
    for size in (*wanted[first:last], end):
        for tree, hashes in zip(trees, leaves, strict=True):
            tree.extend(hashes[tree.size - start : size - start])
        if size in wanted[first:last]:
            yield size, (trees[0].root(), trees[1].root())


def _check_root(
    note: Checkpoint, roots: dict[int, tuple[bytes, bytes]], good: int, seq: int, report: Report
) -> int:
    """The size up to which everything is known to be right, after looking at one more checkpoint."""
    if note.size > seq:
        report.wrong(f"检查点记有 {note.size} 个事件，包里只有 {seq} 个：后面的被删去", seq + 1)
    elif roots.get(note.size) != (note.sha256, note.sm3):
        report.wrong(f"第 {good + 1} 到 {note.size} 个事件与检查点不符：其中有改动", good + 1)
    else:
        return max(good, note.size)
    return good


# --- its events: of a project


def _check_extract(now: _Checking) -> None:
    """Events of one project and all changes of the key: each is in the tree, each instance is whole,
    checkpoints follow each other."""
    proofs = json.loads(now.package.text("proofs.json"))
    numbers: dict[str, int] = {}
    count = 0
    for line, body in enumerate(now.package.lines("events.jsonl"), 1):
        event = now.contents.parsed(body, line)
        if event is None:
            continue
        count += 1
        now.times.see([body], event["seq"] - 1)
        now.signatures.read(body, event["seq"], line)
        _check_inclusion(body, event["seq"], proofs["inclusion"].get(str(event["seq"]), []), now)
        key, number = event["instance"], event["instance_seq"]
        if key and number is not None:
            if number != numbers.get(key, 0) + 1:
                now.report.wrong(f"事件 {event['seq']} 之前缺少同一流程实例的事件", event["seq"])
            numbers[key] = number
    for key, number in proofs["instances"].items():
        if numbers.get(key) != number:
            now.report.wrong(
                f"流程实例 {key} 应有 {number} 个事件，包里有 {numbers.get(key, 0)} 个"
            )
    now.report.told.append(f"事件 {count} 个，都在 {now.newest.size} 个事件的检查点之内")
    _check_older(now, proofs["consistency"])


def _check_inclusion(body: bytes, seq: int, steps: Sequence[str], now: _Checking) -> bool:
    """Whether an event is in what the newest checkpoint signs."""
    path = [bytes.fromhex(step) for step in steps]
    good = root_by_inclusion(seq - 1, now.newest.size, leaf_hash(body), path) == now.newest.sha256
    if not good:
        now.report.wrong(f"事件 {seq} 不在检查点所签的记录里", seq)
    return good


def _check_older(now: _Checking, proofs: dict[str, list[str]]) -> None:
    """Each other checkpoint, and the auditor's own, is a beginning of the newest one."""
    last = now.newest
    for note in (*(n.at for n in now.notes[:-1]), now.held):
        if note is None:
            continue
        if note.size > last.size:
            now.report.wrong(f"您手中的检查点记有 {note.size} 个事件，这份记录只有 {last.size} 个")
            continue
        steps = [bytes.fromhex(step) for step in proofs.get(str(note.size), [])]
        if not is_prefix(note.size, last.size, note.sha256, last.sha256, steps):
            whose = "您手中的检查点" if note is now.held else "检查点"
            now.report.wrong(f"{whose}（{note.size} 个事件）{_NO_BEGINNING}")
        elif note is now.held:
            now.agrees()


_NO_BEGINNING = "不是现在这份记录的开头：历史被改写，或包里没有它的证明"


# --- its events: of a period


def _check_period(now: _Checking) -> None:
    """Every event of a period, with the one before it and the one after it, between the edge of the trees to its
    left and a proof that all of it is the beginning of the newest checkpoint."""
    proofs, report = json.loads(now.package.text("proofs.json")), now.report
    first, last = int(proofs["first"]), now.newest
    trees = _from_edge(first - 1, proofs["edge"], report)
    later = _outside(proofs["outside"], first, now)
    roots = _walk(now, trees, None)
    for told in later:
        now.signatures.follow(*told)
    seq = trees[0].size
    _check_borders(now, first, seq)
    good = first - 1
    for note in now.notes[:-1]:
        if first <= note.at.size <= seq:
            good = _check_root(note.at, roots, good, seq, report)
    ends = roots[seq] = trees[0].root(), trees[1].root()
    if not _is_beginning(seq, ends, last, proofs["consistency"]):
        report.wrong(f"第 {good + 1} 到 {seq} 个事件不在检查点所签的记录里：其中有改动", good + 1)
    if now.held:
        _check_held(now, now.held, roots, proofs["consistency"])


def _check_held(
    now: _Checking,
    held: Checkpoint,
    roots: dict[int, tuple[bytes, bytes]],
    proofs: dict[str, dict[str, list[str]]],
) -> None:
    """The auditor's own checkpoint, inside the period or outside of it."""
    own, here, last = (held.sha256, held.sm3), roots.get(held.size), now.newest
    if held.size > last.size:
        now.report.wrong(f"您手中的检查点记有 {held.size} 个事件，这份记录只有 {last.size} 个")
    elif here != own and (here or not _is_beginning(held.size, own, last, proofs)):
        now.report.wrong(f"您手中的检查点（{held.size} 个事件）{_NO_BEGINNING}")
    else:
        now.agrees()


def _from_edge(size: int, edge: dict[str, list[str]], report: Report) -> tuple[Growing, Growing]:
    """Both trees over the events before a period, of which only the complete subtrees are given, highest first."""
    trees = Growing(sha256), Growing(sm3)
    for tree, told in zip(trees, (edge["sha256"], edge["sm3"]), strict=True):
        given = [bytes.fromhex(text) for text in told]
        if len(given) != size.bit_count():
            report.wrong(f"期间以前的 {size} 个事件没有证明：期间的开头被改动", size + 1)
            given = [b""] * size.bit_count()
        tree.size = size
        for height in range(size.bit_length()):
            tree.edge.append(given.pop() if size >> height & 1 else None)
    return trees


def _is_beginning(
    size: int,
    roots: tuple[bytes, bytes],
    last: Checkpoint,
    proofs: dict[str, dict[str, list[str]]],
) -> bool:
    """Whether both trees of that size are the beginning of those of the newest checkpoint."""
    told = proofs.get(str(size), {})
    steps = [[bytes.fromhex(step) for step in told.get(name, [])] for name in ("sha256", "sm3")]
    return is_prefix(size, last.size, roots[0], last.sha256, steps[0], sha256) and is_prefix(
        size, last.size, roots[1], last.sm3, steps[1], sm3
    )


def _outside(
    proofs: Sequence[dict[str, Any]], first: int, now: _Checking
) -> list[tuple[bytes, bytes, int]]:
    """Events outside the period that it cannot be read without: proposals of repairs, and changes of a key; returns
    those changes that come after it, as (event, signature, number)."""
    later = []
    for told in proofs:
        body = told["event"].encode()
        event = now.contents.parsed(body, 0)
        if event is None or not _check_inclusion(body, event["seq"], told["inclusion"], now):
            continue
        change = body, bytes.fromhex(told["signature"]), event["seq"]
        if event["act"] == CHANGE_KEY and event["seq"] < first:
            now.signatures.follow(*change)
        elif event["act"] == CHANGE_KEY:
            later.append(change)
    return later


def _check_borders(now: _Checking, first: int, seq: int) -> None:
    """That no event of the period is missing: what stands before and after lies outside, or there is nothing."""
    opens, closes = now.times.inside(first), now.times.inside(seq)
    report, days = now.report, now.package.manifest["period"]
    if opens and first > 1:
        report.wrong(
            f"包里的第一个事件已在期间之内，前面还有 {first - 1} 个：期间的开头有缺少", first
        )
    after = now.newest.size - seq
    if closes and after:
        report.wrong(f"包里的最后一个事件还在期间之内，后面还有 {after} 个：期间的结尾有缺少", seq)
    whole = opens <= (first == 1) and closes <= (not after)
    told = (
        f"期间 {days['from']} 至 {days['to']}：事件 {first + (not opens)} 到 {seq - (not closes)}"
    )
    report.told.append(told + "，前后相接，两头没有缺少，两棵树已核对" * whole)
    between = [n for n in now.times.outside if first + (not opens) <= n <= seq - (not closes)]
    if between:
        report.told.append(
            f"注意：其中 {_numbers(between)} 的时间不在期间之内，序号却在期间的事件之间：系统时间被拨动过，一并在包里"
        )


def _numbers(found: Sequence[int]) -> str:
    """Some events, the first of them by number."""
    more = f" 等 {len(found)} 个" if len(found) > 3 else ""
    return f"事件 {'、'.join(map(str, found[:3]))}{more}"


# --- what is noted of each event as it passes by: its time, its signature, what it names

_AT = b',"at":"'
_SECOND = len("2025-03-12T01:00:00")  # of a time in UTC, as events write it
DRIFT = 600  # seconds: events that are written together may stand in another order than their times


class _Times:
    """Times of events: whether the clock was ever put back, and which do not lie in the package's period."""

    def __init__(self, package: Package) -> None:
        period = package.manifest.get("period") or {}
        ends = [datetime.fromisoformat(period[n]) for n in ("since", "until") if n in period]
        utc = (end.astimezone(timezone.utc) for end in ends)  # noqa: UP017 (newer than Python 3.10)
        self.ends = [end.isoformat()[:_SECOND].encode() for end in utc]
        self.last = b""
        self.outside: list[int] = []
        self.back: list[tuple[int, int]] = []  # (event, by how many seconds)

    def see(self, block: Sequence[bytes], seq: int) -> None:
        """Some events, of which the first has the number after `seq`."""
        last, ends = self.last, self.ends
        for number, body in enumerate(block, seq + 1):
            start = body.find(_AT) + len(_AT)
            at = body[start : start + _SECOND]
            if at < last:
                self._earlier(number, at, last)
            last = at
            if ends and not ends[0] <= at < ends[1]:
                self.outside.append(number)
        self.last = last

    def _earlier(self, seq: int, at: bytes, before: bytes) -> None:
        try:
            times = [datetime.fromisoformat(text.decode()) for text in (at, before)]
        except ValueError:  # no time: such an event is no event, which is told elsewhere
            return
        seconds = int((times[1] - times[0]).total_seconds())
        if seconds > DRIFT:
            self.back.append((seq, seconds))

    def inside(self, seq: int) -> bool:
        """Whether an event's time lies in the period."""
        place = bisect.bisect_left(self.outside, seq)
        return place == len(self.outside) or self.outside[place] != seq

    def conclude(self, report: Report) -> None:
        """When all events have passed by. A clock that was put back is told: numbers, not times, say the order."""
        for seq, seconds in self.back[:3]:
            report.told.append(
                f"注意：事件 {seq} 的时间比前一个事件早 {_span(seconds)}：系统时间被拨回过，先后以序号为准"
            )
        if len(self.back) > 3:
            report.told.append(f"注意：时间比前一个事件早的事件共 {len(self.back)} 个")


def _span(seconds: int) -> str:
    return f"{seconds // 60} 分钟" if seconds < 7200 else f"{seconds // 3600} 小时"


class _Signatures:
    """Signatures of events, as they pass by: of all, or of those that no checkpoint covers yet; of each change
    of the key always."""

    def __init__(
        self,
        package: Package,
        keys: Sequence[Keys],
        notes: Sequence[Note],
        every: bool,
        report: Report,
    ) -> None:
        self.lines, self.line = iter(package.lines("signatures.txt")), 0
        self.keys, self.beside, self.report, self.every = keys[0], keys[1:], report, every
        self.covered = 0 if every or not notes else notes[-1].at.size
        self.checked = 0

    def read(self, body: bytes, seq: int, number: int) -> None:
        """An event, whose signature stands in a line; lines come in order."""
        if body.startswith(_CHANGES):
            self.follow(body, self._signature(number), seq)
        elif seq > self.covered:
            self.checked += 1
            if not signed_by(self.keys.of_event(seq), body, self._signature(number)):
                self.report.wrong(f"事件 {seq} 的签名不对：不是系统写入的", seq)

    def _signature(self, number: int) -> bytes:
        line = next(itertools.islice(self.lines, number - self.line - 1, None), b"")
        self.line = number
        try:
            return bytes.fromhex(line.decode())
        except ValueError:
            return b""

    def follow(self, body: bytes, signature: bytes, seq: int) -> None:
        """A change of a key, which both keys have signed and the log's own key too."""
        try:
            change = read_change(body, signature)
            if change.old.kind != ED25519 and not signed_by(
                self.keys.of_event(seq), body, signature
            ):
                raise ValueError(f"事件 {seq} 的签名不对：不是系统写入的")
            chain = next(
                (c for c in (self.keys, *self.beside) if c.keys[0].kind == change.old.kind), None
            )
            if chain is None:
                raise ValueError(f"事件 {seq} 更换的密钥，公钥文件里没有它的第一把")
            chain.follow(change)
        except (ValueError, KeyError, TypeError) as wrong:
            self.report.wrong(str(wrong), seq)
        else:
            what = "签名密钥" if change.old.kind == ED25519 else " SM2 密钥"
            self.report.told.append(f"注意：事件 {seq} 更换了{what}，由原密钥签名")

    def conclude(self, held: Sequence[Key]) -> None:
        """When all events have passed by: an auditor's own keys are among those of the log."""
        if (
            self.line
        ):  # to the end, for the file's digest; else it is read at once with the other files
            for _ in self.lines:
                pass
        known = [key for chain in (self.keys, *self.beside) for key in chain.keys]
        if any(key not in known for key in held):
            self.report.wrong("证据包的公钥与您手中的不同：签名的不是原来的系统")
        self.report.told.append(
            f"事件签名核验 {self.checked} 个"
            + ("" if self.every else "（最后一个检查点之后的；--every 核验全部）")
        )


_CHANGES = b'{"act":"%b"' % CHANGE_KEY.encode()
# What an event of an instance names, found in its bytes: reading it as JSON takes longer than all hashes.
#
# A canonical event has its keys in order: `act`, `actor`, `at`, `bundle` … `instance`, `instance_seq` … `prev` …
# `seq`, `state`, `submission`, `task`. A quotation mark inside a text has a backslash before it, so that `,"prev":"` is
# a key wherever it stands; and it is the event's own where no brace stands between it and the event's end, or as many
# are closed as opened before it but one. What does not look like this is read as JSON, and so is a repair.
_REPAIRS = b'{"act":"repair_instance"'
_BUNDLE, _INSTANCE, _PREVIOUS, _NUMBER = b',"bundle":"', b',"instance":"', b',"prev":"', b',"seq":'
_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
_ATTACHED = re.compile(rb'"digest":"([^"\\]*)"')  # in a submission: the file of a field
_END = re.compile(
    rb',"seq":(\d+)(?:,"state":"(\w+)")?(?:,"submission":"(\w+)")?(?:,"task":"[^"\\]*")?\}'
)


def _no_number(text: str) -> None:
    """Events have whole numbers only, and no NaN."""
    raise ValueError(text)


def _own(body: bytes, place: int) -> bool:
    """Whether a key of an event stands in the event itself, not in something inside of it."""
    return body.count(b"{", 0, place) == body.count(b"}", 0, place) + 1


class _Contents:
    """What events name by digest: submissions, deployed files, states; event by event, then all."""

    def __init__(self, package: Package, report: Report) -> None:
        self.package, self.report = package, report
        self.whole = package.manifest["scope"] == "all"
        self.partly = package.manifest["scope"] == "period"
        self.bundles = {name.split("/")[1].encode() for name in package.below("bundles/")}
        self.used: set[bytes] = set()  # of them, those that an event names
        names = package.below("submissions/")
        # by digest: the event that names it, 0 as long as none has
        self.filled = {n.partition("/")[2].removesuffix(".json").encode(): 0 for n in names}
        self.latest: dict[bytes, tuple[int, bytes]] = {}
        self.proposed: dict[str, dict[str, Any]] = {}

    def read(self, body: bytes, seq: int, whole: bool = False) -> bytes:
        """One more event of a whole log; returns the digest that it names as that of the one before.

        Empty when it is none, or does not give itself the number `seq`. `whole`: it is read as JSON, since only its
        own signature stands for it.
        """
        start, end = body.rfind(_INSTANCE), body.rfind(_NUMBER)
        front, before = body.find(_BUNDLE), body.find(_PREVIOUS, start)
        plain = (
            0 < start < before < end
            and body.find(b"{", before) < 0
            and body.find(b"}", before) == len(body) - 1
            and (body.find(b"{", start, before) < 0 or _own(body, start))
            and (front < 0 or _own(body, front))
            and not whole
            and not body.startswith(_REPAIRS)
        )
        last = _END.fullmatch(body, end) if plain else None
        if last is None:
            event = self.parsed(body, seq) or {}
            return str(event.get("prev")).encode() if event.get("seq") == seq else b""
        number, state, filled = last.groups()
        instance = body[start + 13 : body.find(b'"', start + 13)]
        bundle = body[front + 11 : front + 75] if front > 0 else None
        self._names(seq, bundle, instance, state, filled)
        return body[before + 9 : before + 73] if number == b"%d" % seq else b""

    def parsed(self, body: bytes, line: int) -> dict[str, Any] | None:
        """What an event says; None for a line that is no event any more, which is a finding."""
        try:
            event = json.loads(body, parse_float=_no_number, parse_constant=_no_number)
            seq = int(event["seq"])
            names = (event.get(n) for n in ("bundle", "instance", "state", "submission"))
            named = [name.encode() if name else None for name in names]
            canonical = _CANONICAL.encode(event).encode() == body
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            at = line if self.whole or self.partly else 0
            where = f"事件 {line} " if self.partly else f"events.jsonl 第 {line} 行"
            self.report.wrong(f"{where}不是完整的事件：被改动", at)
            return None
        if not canonical:
            self.report.wrong(f"事件 {seq} 的写法不规范（键重复、次序或数字）：不是系统写的", seq)
        self._names(seq, *named)
        self._tells(event, seq)
        return event  # type: ignore[no-any-return]

    def _names(
        self,
        seq: int,
        bundle: bytes | None,
        instance: bytes | None,
        state: bytes | None,
        filled: bytes | None,
    ) -> None:
        if state and instance:
            self.latest[instance] = (seq, state)
        if filled:
            if filled in self.filled:
                self.filled[filled] = self.filled[filled] or seq
            else:
                self.report.wrong(f"事件 {seq} 的填写内容不见了或被改动", seq)
        if bundle and bundle not in self.used:
            if bundle in self.bundles:
                self.used.add(bundle)
            else:
                self.report.wrong(f"事件 {seq} 所依据的流程定义不见了或被改动", seq)

    def _tells(self, event: dict[str, Any], seq: int) -> None:
        """What a reader must not miss."""
        act = event.get("act")
        if act == "restore_copy" and event.get("lost"):
            events, size = event["lost"]["events"], event["copy"]["size"]
            self.report.told.append(
                f"注意：事件 {seq} 恢复了一份较旧的备份（{size} 个事件），已签发的 {events} 个事件被放弃"
            )
        elif act == "propose_repair":
            self.proposed[event["repair"]["key"]] = event
        elif act == "repair_instance":
            self._repaired(event, seq)

    def _repaired(self, event: dict[str, Any], seq: int) -> None:
        """A repair is what one administrator has proposed and another one confirmed, word for word."""
        repair, actor = event.get("repair") or {}, event["actor"]
        before = self.proposed.pop(repair.get("key", ""), None)
        if (
            before is None
            or before["repair"] != repair
            or repair.get("instance") != event["instance"]
        ):
            self.report.wrong(f"事件 {seq} 的应急处置没有人提出过，或不是提出的那一项", seq)
        elif before["actor"]["account_key"] == actor["account_key"]:
            self.report.wrong(f"事件 {seq} 的应急处置是一个人办的，没有第二个人确认", seq)
        else:
            names = before["actor"]["name"], actor["name"]
            self.report.told.append(
                f"注意：事件 {seq} 是应急处置，{names[0]}提出、{names[1]}确认：{before['reason']}"
            )

    def conclude(self) -> None:
        """The files themselves, and the state that each instance was left in."""
        self._attachments(self._submissions())
        self._bundles()
        self._states()
        self.report.told.append(
            f"填写内容、附件和 {len(self.bundles)} 个版本的流程定义，与事件所记的摘要核对"
        )

    def _submissions(self) -> set[str]:
        """Each is what an event names; returns the digests of files that they name."""
        attached: set[str] = set()
        for digest, seq in sorted(self.filled.items()):
            name = f"submissions/{digest.decode()}.json"
            content = self.package.read(name)
            attached.update(found.decode() for found in _ATTACHED.findall(content))
            if sha256(content).hex() != digest.decode():
                self.report.wrong(f"事件 {seq} 的填写内容 {name} 与摘要不符：被改动", seq)
            elif not seq:
                self.report.wrong(f"填写内容 {name} 没有事件提到：是放进来的")
        return attached

    def _attachments(self, named: set[str]) -> None:
        held = {name.partition("/")[2] for name in self.package.below("attachments/")}
        for digest in sorted(held | named | set(self.package.manifest.get("attachments", ()))):
            name = f"attachments/{digest}"
            if digest not in held:
                self.report.wrong(f"附件 {name} 不见了")
            elif self.package.digest(name) != digest:
                self.report.wrong(f"附件 {name} 与摘要不符")
            elif digest not in named:
                self.report.wrong(f"附件 {name} 没有填写内容提到：是放进来的")

    def _bundles(self) -> None:
        for digest in sorted(bundle.decode() for bundle in self.bundles):
            if self.package.bundle_digest(digest) != digest:
                self.report.wrong(f"流程定义 {digest[:12]} 与摘要不符：流程、规则或表单被改动")
        for bundle in sorted(self.bundles - self.used):
            self.report.wrong(f"流程定义 {bundle.decode()[:12]} 没有事件用过：是放进来的")

    def _states(self) -> None:
        latest = {key.decode(): (seq, state.decode()) for key, (seq, state) in self.latest.items()}
        stored = json.loads(self.package.text("states.json"))
        if self.partly:
            # an instance may have gone on after the period, and have its state from before it
            latest = {key: latest[key] for key in stored.keys() & latest.keys()}
            stored = {key: stored[key] for key in latest}
        _check_states(stored, latest, self.report)


def _check_states(
    stored: dict[str, str], latest: dict[str, tuple[int, str]], report: Report
) -> None:
    """The state of each instance is the one that its last event left."""
    for key in sorted(stored.keys() | latest.keys()):
        seq, digest = latest.get(key, (0, ""))
        if key not in stored:
            report.wrong(f"流程实例 {key} 有事件，却没有状态", seq)
        elif stored[key] != digest:
            report.wrong(f"流程实例 {key} 的状态不是最后一个事件留下的：被改动", seq)


# --- the witness


@dataclass(frozen=True)
class Update:
    """A new note with the proof that the tree of `old` events is its beginning, by both hashes."""

    old: int
    sha256: tuple[bytes, ...]
    sm3: tuple[bytes, ...]
    note: str
    changes: tuple[
        tuple[bytes, bytes], ...
    ] = ()  # of the key, all from the first on: (event, its signature)

    def text(self) -> str:
        """As C2SP tlog-witness has it: `old N`, hashes, an empty line, the note; hashes of SM3 and changes of the
        key say so."""
        lines = [f"old {self.old}"]
        for parts in self.changes:
            lines.append("key " + " ".join(base64.b64encode(part).decode() for part in parts))
        lines += [base64.b64encode(step).decode() for step in self.sha256]
        lines += [f"sm3 {base64.b64encode(step).decode()}" for step in self.sm3]
        return "\n".join(lines) + f"\n\n{self.note}"


def read_update(text: str) -> Update:
    """The inverse of `Update.text`; a bare note is one without a proof. Raises ValueError."""
    if not text.startswith("old "):
        read_note(text)
        return Update(0, (), (), text)
    head, _, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    told = [x[4:].split(" ") for x in lines if x[:4] == "key "]
    changes = [(base64.b64decode(a, validate=True), base64.b64decode(b)) for a, b in told]
    plain = [base64.b64decode(x, validate=True) for x in lines if x[:4] not in ("sm3 ", "key ")]
    second = [base64.b64decode(x[4:], validate=True) for x in lines if x[:4] == "sm3 "]
    read_note(note)
    return Update(int(first[4:]), tuple(plain), tuple(second), note, tuple(changes))


def _unsigned(kept: str | None, update: Update, keys: Sequence[Key]) -> str:
    """Why the signatures of an update, or of what is kept, are not those of the system; empty when they are."""
    try:
        changes = [read_change(*told) for told in update.changes]
        chains = [keys_from(key, changes) for key in keys]
    except ValueError as wrong:
        return f"{wrong}。"
    for change, told in zip(changes, update.changes, strict=True):
        if not signed_by(chains[0].of_event(change.seq), *told):
            return f"事件 {change.seq} 的签名不对：不是系统写入的。"
    size = read_note(update.note)[0].size
    signed = [signature_on(update.note, chain.of_note(size)) for chain in chains]
    if not signed[0] or False in signed:
        return "新检查点的签名不对，不是这个系统签发的。"
    if kept is None:
        return ""
    size = read_note(kept)[0].size
    before = [signature_on(kept, chain.of_note(size)) for chain in chains]
    if not before[0]:
        return "您留存的检查点不是这些密钥签的：密钥被换过。"
    if any(then and not now for then, now in zip(before[1:], signed[1:], strict=True)):
        return "您留存的检查点有 SM2 签名，新的没有：签名行被去掉。"
    return ""


def why_not(kept: str | None, update: Update, keys: Sequence[Key]) -> str:
    """Why a witness who keeps a note may not accept an update; empty when he may. Raises ValueError.

    Without a kept note the first one is taken for what it says, when its signature is right.
    """
    reason = _unsigned(kept, update, keys)
    if reason or kept is None:
        return reason
    new, old = read_note(update.note)[0], read_note(kept)[0]
    if new.origin != old.origin:
        return f"新检查点属于另一个日志 {new.origin}，您留存的属于 {old.origin}。"
    if new.size < old.size:
        return f"新检查点只有 {new.size} 个事件，您留存的有 {old.size} 个：恢复了旧备份，或给您看的是旧的。"
    if new.size == old.size:
        same = (new.sha256, new.sm3) == (old.sha256, old.sm3)
        return (
            ""
            if same
            else f"同样是 {new.size} 个事件，两份检查点的根不同：系统给不同的人看不同的历史。"
        )
    if update.old != old.size:
        return (
            f"没有从 {old.size} 个事件到 {new.size} 个事件的证明，不能接受。"
            f"请系统导出：banjie export update --checkpoint 您留存的检查点.txt"
        )
    sizes = (old.size, new.size)
    first = is_prefix(*sizes, old.sha256, new.sha256, update.sha256, sha256)
    second = is_prefix(*sizes, old.sm3, new.sm3, update.sm3, sm3)
    if first and second:
        return ""
    return f"证明不成立：前 {old.size} 个事件不是新检查点（{new.size} 个）的开头，历史被改写。"


def _keep(path: str, text: str) -> None:
    """Replace a file as a whole: a crash leaves the old one or the new one."""
    with open(f"{path}.part", "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(f"{path}.part", path)  # noqa: PTH105


def witness(kept_path: str, update: Update, keys: Sequence[Key]) -> int:
    """Accept an update into the kept file, or refuse it and keep both notes as evidence; the exit status."""
    kept = _read(kept_path) if os.path.exists(kept_path) else None  # noqa: PTH110
    new = read_note(update.note)[0]
    reason = why_not(kept, update, keys)
    if not reason:
        if update.note != kept:
            _keep(kept_path, update.note)
        first = "首次留存，此后的都要接得上它" if kept is None else "接着您留存的检查点"
        _say(f"结论：接受。{new.size} 个事件，{new.at}，{first}。")
        return 0
    _say(f"✗ {reason}")
    refused = f"{kept_path}.refused-{new.size}-{sha256(update.note.encode()).hex()[:8]}.txt"
    _keep(refused, update.note)
    _say("您留存的：" if kept else "没有留存的检查点。")
    for line in (kept or "").splitlines():
        _say(f"  {line}")
    _say("拒绝的：")
    for line in update.note.splitlines():
        _say(f"  {line}")
    _say(
        f"结论：拒绝，您留存的检查点没有改动；拒绝的一份已另存为 {refused}，两份放在一起就是证据。"
    )
    return 1


# --- the proof of a printed sheet

PROOF = "banjie-proof/1"


def check_proof(proof: dict[str, Any], held: str | None, keys: Sequence[Key]) -> Report:
    """Whether the event of a proof stands in what its note has signed; `held` is a note that the auditor has.

    Raises KeyError, ValueError for what is no proof.
    """
    report = Report()
    seq, note = int(proof["seq"]), proof["note"]
    if not note:
        report.wrong(f"事件 {seq} 还没有检查点覆盖：请一小时后重新下载证明", seq)
        return report
    inside = read_keys("\n".join(proof["keys"]))
    told = [(x["event"].encode(), bytes.fromhex(x["signature"])) for x in proof.get("changes", ())]
    chain = Keys(inside[0], [read_change(*change) for change in told])
    if keys and keys[0] not in chain.keys:
        report.wrong("证明里的公钥与您手中的不同：签名的不是原来的系统")
    checkpoint = read_note(note)[0]
    if not note_signed(note, chain.of_note(checkpoint.size)):
        report.wrong("检查点的签名不对")
    for name, digest, root in (("sha256", sha256, checkpoint.sha256), ("sm3", sm3, checkpoint.sm3)):
        steps = [bytes.fromhex(step) for step in proof["inclusion"][name]]
        leaf = bytes.fromhex(proof["leaf"][name])
        if root_by_inclusion(seq - 1, checkpoint.size, leaf, steps, digest) != root:
            report.wrong(f"事件 {seq} 不在检查点所签的记录里（{name}）", seq)
    report.told.append(f"打印件 {proof['sheet']}，内容摘要 {proof['content'][:16]}…")
    report.told.append(f"事件 {seq} 在 {checkpoint.size} 个事件的检查点之内（{checkpoint.at}）")
    if held is not None:
        own = read_note(held)[0]
        if own.size == checkpoint.size and own != checkpoint:
            report.wrong("这个检查点与您手中的同样大小却不相同：系统给不同的人看不同的历史")
        elif own.size != checkpoint.size:
            report.told.append("检查点与您手中的大小不同：请用 --witness 核对两者相接")
        else:
            report.told.append("检查点就是您手中的那一份")
    return report


# --- the command


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="核验一份办结证据包")
    parser.add_argument(
        "package", help="证据包（zip）、打印件的证明（json），或新的检查点（--witness）"
    )
    parser.add_argument("--checkpoint", help="您手中的检查点文件")
    parser.add_argument("--key", help="您手中的公钥文件")
    parser.add_argument("--witness", metavar="FILE", help="见证：您留存的检查点，接得上才更新")
    parser.add_argument("--every", action="store_true", help="核验每个事件的签名")
    return parser.parse_args(words)


def _read(path: str | None) -> str | None:
    if path is None:
        return None
    with open(path, encoding="utf-8", newline="") as stream:  # noqa: PTH123 (one import less to read)
        return stream.read()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(words: list[str] | None = None) -> int:
    """The command: prints the report; returns the exit status."""
    asked = _arguments(words)
    try:
        held, key = _read(asked.checkpoint), _read(asked.key)
        keys = read_keys(key) if key else []
        if asked.witness:
            if not keys:
                _say("见证时请用 --key 给出您手中的公钥。")
                return 2
            return witness(asked.witness, read_update(_read(asked.package) or ""), keys)
        if asked.package.endswith(".json"):
            report = check_proof(json.loads(_read(asked.package) or ""), held, keys)
        else:
            with zipfile.ZipFile(asked.package) as archive:
                report = check(Package(archive), held, keys, asked.every)
    except Exception as wrong:  # whatever a forged file does to it, an auditor gets a sentence
        what = "检查点" if asked.witness else "证据包"
        _say(f"读不了这份{what}：{wrong or type(wrong).__name__}")
        return 2
    for line in report.told:
        _say(f"· {line}")
    for seq, sentence in report.bad:
        _say(f"✗ {sentence}" if not seq else f"✗ [{seq}] {sentence}")
    first = min((seq for seq, _ in report.bad if seq), default=0)
    if report.bad:
        _say(
            f"结论：不可信，{len(report.bad)} 处不符"
            + (f"，最早在事件 {first}。" if first else "。")
        )
        return 1
    _say(
        "结论：可信。"
        if held
        else "结论：包内一致。要排除整体改写，请用 --checkpoint 给出您手中的检查点。"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
