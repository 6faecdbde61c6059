"""DNSSEC trust anchors: IANA's for the root, or those of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import dns.dnssec
import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

Anchors = Mapping[dns.name.Name, tuple[dns.rdata.Rdata, ...]]
"""Zone to the DS records that its keys must match."""

# The root's key-signing keys of 2017 and 2024, https://data.iana.org/root-anchors/root-anchors.xml
IANA = """\
. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
. IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
"""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is no list of trust anchors.

    Attributes:
        line: The number of the line that is wrong; 0 where there is no anchor at all.
        reason: What is wrong with it.
    """

    line: int
    reason: str


def parse(text: str) -> Anchors | Unreadable:
    """Return the anchors in ``text``: DS or DNSKEY records, one a line, as zone files and ``keymgr ds`` print them.

    Time to live and class may stand or not; ``;`` starts a comment. Of DNSKEY records only those with the SEP bit,
    which key files and resolvers' anchor files hold, become anchors.
    """
    found: dict[dns.name.Name, tuple[dns.rdata.Rdata, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition(";")[0].split()
        if not words:
            continue
        owner, *rest = words
        while rest and (rest[0].isdigit() or rest[0].upper() == "IN"):
            del rest[0]
        if not rest or rest[0].upper() not in {"DS", "DNSKEY"}:
            return Unreadable(number, "expected: zone DS tag algorithm digest-type digest, or a DNSKEY record")
        try:
            zone = dns.name.from_text(owner).canonicalize()
            record = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(rest[0]), " ".join(rest[1:]))
            if record.rdtype == dns.rdatatype.DNSKEY:
                record = dns.dnssec.make_ds(zone, record, "SHA256")
        except (dns.exception.DNSException, ValueError, UnicodeError) as error:
            return Unreadable(number, f"no valid record: {error}")
        found[zone] = (*found.get(zone, ()), record)
    return found or Unreadable(0, "there is no DS or DNSKEY record in it")
