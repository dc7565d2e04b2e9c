"""The tree: published vectors, every small size by hand, and pymerkle as an independent oracle."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from service.audit import tree
from service.audit.verify import Growing, is_prefix, leaf_hash, root_by_inclusion, sm3, sm3_plain

# the leaves and roots of the reference implementation of RFC 6962 (certificate-transparency, merkle_tree_test)
LEAVES = [bytes.fromhex(h) for h in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes(leaves, digest=lambda b: hashlib.sha256(b).digest()):
    return [leaf_hash(leaf, digest) for leaf in leaves]


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    nodes = tree.nodes_of(hashes(LEAVES))
    assert tree.root(size, nodes).hex() == ROOTS[size - 1]
    growing = Growing()
    for leaf in hashes(LEAVES[:size]):
        growing.add(leaf)
    assert growing.root().hex() == ROOTS[size - 1]


def test_empty_tree_is_the_hash_of_nothing() -> None:
    assert Growing().root().hex() == hashlib.sha256(b"").hexdigest()
    assert tree.root(0, tree.nodes_of([])) == Growing().root()


def test_published_proofs() -> None:
    nodes = tree.nodes_of(hashes(LEAVES))
    path = [p.hex() for p in tree.inclusion_proof(5, 8, nodes)]
    assert path == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    steps = [p.hex() for p in tree.consistency_proof(6, 8, nodes)]
    assert steps == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("name", ["sha256", "sm3"])
def test_every_proof_of_every_small_tree(name: str) -> None:
    digest = sm3 if name == "sm3" else lambda b: hashlib.sha256(b).digest()
    leaves = hashes([bytes([i]) for i in range(33)], digest)
    nodes = tree.nodes_of(leaves, digest)
    for size in range(1, 34):
        top = tree.root(size, nodes, digest)
        for index in range(size):
            path = tree.inclusion_proof(index, size, nodes, digest)
            assert root_by_inclusion(index, size, leaves[index], path, digest) == top
            assert (
                root_by_inclusion(index, size, leaves[index - 1], path, digest) != top or size == 1
            )
            assert root_by_inclusion(index, size, leaves[index], [*path, top], digest) is None
        for old in range(1, size + 1):
            steps = tree.consistency_proof(old, size, nodes, digest)
            before = tree.root(old, nodes, digest)
            assert is_prefix(old, size, before, top, steps, digest)
            if old < size:
                assert not is_prefix(old, size, top, top, steps, digest)
                assert not is_prefix(old, size, before, before, steps, digest)
                assert not is_prefix(old, size, before, top, steps[:-1], digest)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=130), st.data())
def test_agrees_with_pymerkle(leaves: list[bytes], data: st.DataObject) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    size = data.draw(st.integers(1, len(leaves)))
    nodes = tree.nodes_of(hashes(leaves))
    assert tree.root(size, nodes) == oracle.get_root(size)
    index = data.draw(st.integers(0, size - 1))
    proof = oracle.prove_inclusion(index + 1, size)
    assert tree.inclusion_proof(index, size, nodes) == [bytes(p) for p in proof.path[1:]]
    old = data.draw(st.integers(1, size))
    steps = tree.consistency_proof(old, size, nodes)
    assert is_prefix(old, size, oracle.get_root(old), oracle.get_state(size), steps)


def test_sm3_vectors_of_the_standard() -> None:
    """GB/T 32905-2016, annex A."""
    vectors = {
        b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    }
    for message, wanted in vectors.items():
        assert sm3(message).hex() == wanted
        assert sm3_plain(message).hex() == wanted


@given(st.binary(max_size=300))
def test_plain_sm3_is_that_of_the_library(message: bytes) -> None:
    assert sm3_plain(message) == sm3(message)


def test_outside_the_tree() -> None:
    nodes = tree.nodes_of(hashes(LEAVES))
    for call in (
        lambda: tree.inclusion_proof(8, 8, nodes),
        lambda: tree.consistency_proof(0, 8, nodes),
    ):
        with pytest.raises(ValueError):
            call()
