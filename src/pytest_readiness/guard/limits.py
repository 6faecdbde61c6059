"""What one answer may cost us, whatever the server sends."""

from __future__ import annotations

import zlib

BODY = 262_144
"""Bytes of a body that are kept where the asker does not say otherwise."""

ANSWER = 10.0
"""Seconds for a whole answer where the asker does not say otherwise."""

_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class BoundedBody:
    """Collects a body, undoing gzip and deflate, and never holds more than its cap.

    We ask for no content coding; a server that sends one all the same is decoded chunk by chunk, so that a
    decompression bomb costs the cap and no more.

    Args:
        cap: The most bytes to keep.
        coding: The answer's Content-Encoding.
    """

    def __init__(self, cap: int, coding: str = "") -> None:
        self._cap = cap
        self._kept = bytearray()
        coding = coding.strip().lower()
        self.undecoded = "" if coding in {"", "identity", *_WINDOW} else coding
        self._inflate = zlib.decompressobj(_WINDOW[coding]) if coding in _WINDOW else None
        self.truncated = False

    @property
    def full(self) -> bool:
        """Whether reading on would add nothing."""
        return self.truncated

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire."""
        room = self._cap - len(self._kept)
        if self._inflate is not None:
            try:
                chunk = self._inflate.decompress(chunk, room + 1)
            except zlib.error:
                self.undecoded, self.truncated = "damaged compression", True
                return
        self._kept += chunk[:room]
        if len(chunk) > room:
            self.truncated = True

    def __bytes__(self) -> bytes:
        return bytes(self._kept)
