"""Roots and proofs of the tree of RFC 9162 (section 2.1), from the hashes of complete subtrees.

Checking them stands in `verify.py`, which goes out with the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.audit.verify import Digest, node_hash, sha256

# (height, index) → hash of the complete subtree over leaves [index * 2**height, (index + 1) * 2**height)
Nodes = Callable[[int, int], bytes]


def nodes_of(leaves: Sequence[bytes], digest: Digest = sha256) -> Nodes:
    """Nodes over the hashes of leaves in memory."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right, digest) for left, right in pairs])
    return lambda height, index: levels[height][index]


def root(size: int, nodes: Nodes, digest: Digest = sha256) -> bytes:
    """The root over the first `size` leaves."""
    return _span(0, size, nodes, digest) if size else digest(b"")


def edge(size: int, nodes: Nodes) -> list[bytes]:
    """The complete subtrees of which the tree of `size` leaves consists, the largest first."""
    heights = [h for h in range(size.bit_length()) if size >> h & 1]
    # each begins where the larger ones end
    return [nodes(h, (size >> h) - 1) for h in reversed(heights)]


def inclusion_proof(index: int, size: int, nodes: Nodes, digest: Digest = sha256) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree of `size` leaves (section 2.1.3.1).

    Raises ValueError for an index outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_span(middle, end, nodes, digest))
            end = middle
        else:
            path.append(_span(start, middle, nodes, digest))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, nodes: Nodes, digest: Digest = sha256) -> list[bytes]:
    """That the tree of `old` leaves is the beginning of that of `new` (section 2.1.4.1).

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"{old} is not a size between 1 and {new}")
    start, end, path, whole = 0, new, [], True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_span(middle, end, nodes, digest))
            end = middle
        else:
            path.append(_span(start, middle, nodes, digest))
            start, whole = middle, False
    if not whole:
        path.append(_span(start, end, nodes, digest))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return int(1 << ((size - 1).bit_length() - 1))


def _span(start: int, end: int, nodes: Nodes, digest: Digest) -> bytes:
    """The hash over leaves [start, end); start is a multiple of the smallest power of two >= end - start."""
    size = end - start
    height = size.bit_length() - 1
    if size == 1 << height:
        return nodes(height, start >> height)
    middle = start + _split(size)
    return node_hash(_span(start, middle, nodes, digest), _span(middle, end, nodes, digest), digest)
