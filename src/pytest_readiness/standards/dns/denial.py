"""Proof that a zone does not vouch for a child: the NSEC and NSEC3 records of RFC 4035, 5.4 and RFC 5155, 8."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import cast

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3

MOST_ITERATIONS = 150
"""NSEC3 iterations beyond which resolvers treat a zone as unsigned (RFC 9276, 3.2)."""

OPT_OUT = 1


def denies_ds(child: dns.name.Name, zone: dns.name.Name, proofs: Iterable[dns.rrset.RRset]) -> bool:
    """Return whether ``proofs``, whose signatures are checked already, show that ``child`` has no DS record.

    Args:
        child: The delegated zone.
        zone: The zone that delegates it.
        proofs: NSEC and NSEC3 records of ``zone``.
    """
    for proof in proofs:
        for record in proof:
            if proof.rdtype == dns.rdatatype.NSEC:
                if proof.name == child and _is_bare_delegation(cast("NSEC", record)):
                    return True
            elif proof.rdtype == dns.rdatatype.NSEC3 and _nsec3_denies(child, zone, proof.name, cast("NSEC3", record)):
                return True
    return False


def _is_bare_delegation(record: NSEC | NSEC3) -> bool:
    # The parent's side of the cut has NS and no SOA (RFC 6840, 4.4).
    return (
        _lists(record, dns.rdatatype.NS)
        and not _lists(record, dns.rdatatype.DS)
        and not _lists(record, dns.rdatatype.SOA)
    )


def _nsec3_denies(child: dns.name.Name, zone: dns.name.Name, owner: dns.name.Name, record: NSEC3) -> bool:
    if record.algorithm != 1 or owner.parent() != zone:
        return False
    if record.iterations > MOST_ITERATIONS:
        return True
    start = _unhashed(owner.labels[0])
    if start is None:
        return False
    name = child
    while name != zone:
        hashed = _unhashed(dns.dnssec.nsec3_hash(name, record.salt, record.iterations, "SHA1").encode())
        if hashed == start:
            return name == child and _is_bare_delegation(record)
        if hashed is not None and record.flags & OPT_OUT and _covers(start, record.next, hashed):
            return True
        name = name.parent()
    return False


def _covers(start: bytes, end: bytes, hashed: bytes) -> bool:
    if start < end:
        return start < hashed < end
    return hashed > start or hashed < end  # the last one of the circle


def _unhashed(label: bytes) -> bytes | None:
    try:
        return base64.b32hexdecode(label.upper())
    except (binascii.Error, ValueError):
        return None


def _lists(record: NSEC | NSEC3, rdtype: int) -> bool:
    window, place = divmod(rdtype, 256)
    return any(
        number == window and place // 8 < len(bits) and bits[place // 8] & (0x80 >> place % 8)
        for number, bits in record.windows
    )
