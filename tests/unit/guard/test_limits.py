"""A body costs its cap and no more, whatever is sent."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.guard.limits import BoundedBody


def fed(octets: bytes, *, cap: int = 1000, coding: str = "", size: int = 7) -> BoundedBody:
    body = BoundedBody(cap, coding)
    for start in range(0, len(octets), size):
        body.feed(octets[start : start + size])
    return body


def deflated(octets: bytes) -> bytes:
    """Compress without the zlib header, as some servers do."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(octets) + compressor.flush()


@given(octets=st.binary(max_size=300), cap=st.integers(min_value=0, max_value=300), size=st.integers(1, 50))
def test_the_first_bytes_are_kept_up_to_the_cap(octets: bytes, cap: int, size: int) -> None:
    body = fed(octets, cap=cap, size=size)
    assert (bytes(body), body.truncated) == (octets[:cap], len(octets) > cap)
    assert body.full is body.truncated


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        (" GZIP ", gzip.compress),
        ("deflate", zlib.compress),
        pytest.param("deflate", deflated, id="deflate without its header"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize("cap", [0, 10, 300, 301])
def test_compression_is_undone_up_to_the_cap(coding: str, compress, size: int, cap: int) -> None:
    plain = bytes(range(100)) * 3
    body = fed(compress(plain), cap=cap, coding=coding, size=size)
    assert (bytes(body), body.truncated, body.undecoded) == (plain[:cap], cap < 300, "")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_another_coding_is_left_as_it_is_and_named(coding: str) -> None:
    body = fed(b"\x01\x02", coding=coding)
    assert (bytes(body), body.undecoded, body.truncated) == (b"\x01\x02", coding, False)


def test_identity_is_no_coding() -> None:
    assert fed(b"x", coding="identity").undecoded == ""


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_damaged_compression_is_told_and_ends_the_reading(coding: str) -> None:
    body = fed(b"this is not compressed at all", coding=coding)
    assert (bytes(body), body.undecoded, body.truncated, body.full) == (b"", "damaged compression", True, True)


def test_compression_that_does_not_end_is_truncated() -> None:
    body = fed(gzip.compress(b"x" * 500)[:-8], coding="gzip")
    assert (len(bytes(body)), body.truncated) == (500, True)


def test_no_body_at_all_is_not_truncated() -> None:
    """The answer to HEAD names the coding and has no body."""
    body = fed(b"", coding="gzip")
    assert (bytes(body), body.truncated) == (b"", False)


def test_what_follows_the_compressed_data_is_not_read() -> None:
    """zlib would collect it without end."""
    body = fed(gzip.compress(b"hello") + b"garbage" * 100, coding="gzip")
    assert (bytes(body), body.full, body.truncated) == (b"hello", True, False)


@pytest.mark.parametrize("tail", [b"", b"\x00" * 100_000])
def test_a_bomb_costs_the_cap_and_no_more(tail: bytes) -> None:
    """100 MB of zeros come as 100 kB."""
    compressor = zlib.compressobj(9, wbits=31)
    zeros = bytes(1_000_000)
    bomb = b"".join([*(compressor.compress(zeros) for _ in range(100)), compressor.flush(), tail])
    body = BoundedBody(10_000, "gzip")
    tracemalloc.start()
    for start in range(0, len(bomb), 65_536):
        body.feed(bomb[start : start + 65_536])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(bytes(body)), body.truncated) == (10_000, True)
    assert peak < 1_000_000
