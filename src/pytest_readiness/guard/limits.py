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
        self._coding = coding.strip().lower()
        self.undecoded = "" if self._coding in {"", "identity", *_WINDOW} else self._coding
        self._inflate = zlib.decompressobj(_WINDOW[self._coding]) if self._coding in _WINDOW else None
        self._early: bytes | None = b"" if self._coding == "deflate" else None
        self._began = self._over = False

    @property
    def full(self) -> bool:
        """Whether reading on would add nothing."""
        return self._over or (self._inflate is not None and self._inflate.eof and bool(self._inflate.unused_data))

    @property
    def truncated(self) -> bool:
        """Whether there was more than the cap, or compressed data that does not end."""
        return self._over or (self._inflate is not None and self._began and not self._inflate.eof)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire."""
        if self.full or not chunk:
            return
        room = self._cap - len(self._kept)
        if self._inflate is not None:
            try:
                chunk = self._inflated(chunk, room + 1)
            except zlib.error:
                self.undecoded, self._over = "damaged compression", True
                return
        self._kept += chunk[:room]
        self._over = len(chunk) > room

    def _inflated(self, chunk: bytes, most: int) -> bytes:
        assert self._inflate is not None
        self._began = True
        if self._early is not None:
            chunk = self._early + chunk
            if len(chunk) < 2:
                self._early = chunk
                return b""
            self._early = None
            if chunk[0] & 0x0F != zlib.DEFLATED or int.from_bytes(chunk[:2]) % 31:
                # No zlib header (RFC 1950, 2.2): some servers leave it out, and browsers take it.
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._inflate.decompress(chunk, most)

    def __bytes__(self) -> bytes:
        return bytes(self._kept)
