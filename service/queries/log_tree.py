"""The tree over the log, read from stored subtrees and, below them, from the events themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from service.audit.tree import Nodes
from service.audit.verify import Digest, leaf_hash, node_hash, sha256, sm3
from service.store import checkpoints

STEP = 8  # subtrees of 2**8, 2**16, 2**24 … events are stored

DIGESTS: tuple[Digest, Digest] = (sha256, sm3)


@dataclass
class LogTree:
    """Both trees over the log of a connection; blocks that were read are kept for this object's life."""

    connection: Connection
    _blocks: dict[tuple[int, int], list[list[bytes]]] = field(default_factory=dict)

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
        base = height - height % STEP
        rise = height - base
        block = index >> (STEP - rise)
        levels = self._block(base, block)
        place = index - (block << (STEP - rise))
        for _ in range(rise):
            levels = [
                [node_hash(a, b, d) for a, b in zip(level[::2], level[1::2], strict=False)]
                for level, d in zip(levels, DIGESTS, strict=True)
            ]
        return levels[0][place], levels[1][place]

    def _block(self, base: int, block: int) -> list[list[bytes]]:
        key = (base, block)
        if key not in self._blocks:
            start, end = block << STEP, (block + 1) << STEP
            if base == 0:
                read = list(checkpoints.bodies(self.connection, start, end))
                self._blocks[key] = [[leaf_hash(body, d) for body in read] for d in DIGESTS]
            else:
                complete = checkpoints.size_of_log(self.connection) >> base
                pairs = [self.pair(base, index) for index in range(start, min(end, complete))]
                self._blocks[key] = [[pair[which] for pair in pairs] for which in (0, 1)]
        return self._blocks[key]
