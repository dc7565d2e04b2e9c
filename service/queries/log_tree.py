"""The tree over the log, read from stored subtrees and, below them, from the events themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from service.audit.tree import Nodes
from service.audit.verify import Digest, leaf_hash, node_hash, sha256, sm3
from service.store import checkpoints

STEP = 8  # subtrees of 2**8, 2**16, 2**24 … events are stored

DIGESTS: tuple[Digest, Digest] = (sha256, sm3)
Levels = list[list[bytes]]


@dataclass
class LogTree:
    """Both trees over the log of a connection; blocks that were read are kept for this object's life."""

    connection: Connection
    _blocks: dict[tuple[int, int], tuple[Levels, Levels]] = field(default_factory=dict)

    def nodes(self, which: int) -> Nodes:
        """Hashes of complete subtrees: `which` 0 for SHA-256, 1 for SM3."""
        return lambda height, index: self.pair(height, index)[which]

    def pair(self, height: int, index: int) -> tuple[bytes, bytes]:
        """Both hashes of a complete subtree."""
        if height >= STEP and height % STEP == 0:
            stored = checkpoints.node(self.connection, height, index)
            if stored:
                return stored
            # else from what lies below: the stored hashes are only a cache, and a restored copy has none yet
        if height == 0 or height % STEP:
            return self._in_block(height, index)
        left, right = self.pair(height - 1, 2 * index), self.pair(height - 1, 2 * index + 1)
        return tuple(node_hash(a, b, d) for a, b, d in zip(left, right, DIGESTS, strict=True))  # type: ignore[return-value]

    def _in_block(self, height: int, index: int) -> tuple[bytes, bytes]:
        """A subtree lower than a stored one: from a block of up to 256 hashes that is read at once."""
        rise = height % STEP
        block = index >> (STEP - rise)
        first, second = self._block(height - rise, block)
        place = index - (block << (STEP - rise))
        return first[rise][place], second[rise][place]

    def _block(self, base: int, block: int) -> tuple[Levels, Levels]:
        """Both trees over the hashes of a block, by height above `base`."""
        key = (base, block)
        if key not in self._blocks:
            first, second = zip(*self._lowest(base, block), strict=True)
            self._blocks[key] = _levels(list(first), sha256), _levels(list(second), sm3)
        return self._blocks[key]

    def _lowest(self, base: int, block: int) -> list[tuple[bytes, bytes]]:
        """Both hashes of each subtree of height `base` in a block; the last block may not be full."""
        start, end = block << STEP, (block + 1) << STEP
        if base == 0:
            read = checkpoints.bodies(self.connection, start, end)
            return [(leaf_hash(body), leaf_hash(body, sm3)) for body in read]
        complete = checkpoints.size_of_log(self.connection) >> base
        return [self.pair(base, index) for index in range(start, min(end, complete))]


def _levels(lowest: list[bytes], digest: Digest) -> Levels:
    """The hashes of a block and those of the complete subtrees over them, up to the whole block."""
    levels = [lowest]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right, digest) for left, right in pairs])
    return levels
