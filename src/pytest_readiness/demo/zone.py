"""A DNS zone in memory, signed if wanted, that knows its answers as an authoritative server does (RFC 1034, 4.3.2).

    zone = ServedZone("shop.test", RECORDS)          # signed with a key of its own
    zone.trust_anchor                                # "shop.test. DS 12345 13 2 …", for `trust_anchor_file`
    zone.answer(query)                               # a dns.message.Message

It serves the demo and tests: no wildcards, no DNAME, no transfers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.dnskeybase import Flag

LIFETIME = timedelta(days=14)
"""How long signatures hold, as Knot signs by default."""

SKEW = timedelta(hours=1)
"""How long before now signatures begin to hold."""

LONGEST_CHAIN = 8


class ServedZone:
    """One zone.

    Args:
        apex: Its name.
        records: Its records as a zone file has them, SOA and NS included; names without a final dot are below the apex.
        signed: Whether it is signed.
        signed_at: When it was signed, for signatures that are old or too new; None for an hour ago.
        lifetime: How long the signatures hold.
        key: The key to sign with; None for a new one.
    """

    def __init__(
        self,
        apex: str,
        records: str,
        *,
        signed: bool = True,
        signed_at: datetime | None = None,
        lifetime: timedelta = LIFETIME,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> None:
        self.apex = dns.name.from_text(apex)
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self._dnskey = dns.dnssec.make_dnskey(self.key.public_key(), Algorithm.ECDSAP256SHA256, Flag.ZONE | Flag.SEP)
        self._zone = dns.zone.from_text(f"$TTL 300\n{records}", origin=self.apex, relativize=False)
        self._names: tuple[dns.name.Name, ...] = tuple(self._zone.nodes)
        self.signed = signed
        if signed:
            self._sign(signed_at or datetime.now(UTC) - SKEW, lifetime)

    def _sign(self, inception: datetime, lifetime: timedelta) -> None:
        with self._zone.writer() as transaction:
            dns.dnssec.sign_zone(
                self._zone,
                transaction,
                keys=[(self.key, self._dnskey)],
                dnskey_ttl=300,
                inception=inception,
                expiration=inception + lifetime,
                deterministic=False,
            )

    @property
    def trust_anchor(self) -> str:
        """The DS record of its key, as a trust anchor file has it."""
        ds = dns.dnssec.make_ds(self.apex, self._dnskey, "SHA256")
        return f"{self.apex} DS {ds.to_text()}"

    @property
    def text(self) -> str:
        """The zone with its signatures, as a zone file has it: for another server to serve."""
        content = self._zone.to_text(relativize=False)
        return content if isinstance(content, str) else content.decode()

    @property
    def nameservers(self) -> tuple[str, ...]:
        """The host names of its NS records, without the final dot."""
        rrset = self._zone.get_rrset(self.apex, dns.rdatatype.NS)
        return tuple(record.to_text().rstrip(".") for record in rrset or ())

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        """Return what an authoritative server answers; a query that wants recursion gets it within the zone."""
        response = dns.message.make_response(query, recursion_available=True)
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            response.set_rcode(dns.rcode.NOTIMP)
            return response
        question = query.question[0]
        if question.rdclass != dns.rdataclass.IN or not question.name.is_subdomain(self.apex):
            response.set_rcode(dns.rcode.REFUSED)
            return response
        response.flags |= dns.flags.AA
        signatures = bool(query.ednsflags & dns.flags.DO)
        name = question.name
        for _ in range(LONGEST_CHAIN):
            alias = self._add(response, name, question.rdtype, signatures=signatures)
            if alias is None or not alias.is_subdomain(self.apex):
                break
            name = alias
        return response

    def _add(
        self, response: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, *, signatures: bool
    ) -> dns.name.Name | None:
        """Add what is known of ``name`` and return where its CNAME record leads, if one does."""
        cut = self._cut(name)
        if cut is not None and not (name == cut and rdtype == dns.rdatatype.DS):
            response.flags &= ~dns.flags.AA
            self._put(response.authority, cut, dns.rdatatype.NS, signatures=signatures)
            self._put(response.authority, cut, dns.rdatatype.DS, signatures=signatures)
            return None
        if self._put(response.answer, name, rdtype, signatures=signatures):
            return None
        alias = self._zone.get_rrset(name, dns.rdatatype.CNAME)
        if alias is not None and self._put(response.answer, name, dns.rdatatype.CNAME, signatures=signatures):
            return cast("CNAME", alias[0]).target
        if not self._exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        self._put(response.authority, self.apex, dns.rdatatype.SOA, signatures=signatures)
        if signatures and self.signed:
            for owner in dict.fromkeys((self._denier(name), self._denier(self._wildcard(name)))):
                self._put(response.authority, owner, dns.rdatatype.NSEC, signatures=True)
        return None

    def _put(
        self,
        section: list[dns.rrset.RRset],
        name: dns.name.Name,
        rdtype: dns.rdatatype.RdataType,
        *,
        signatures: bool,
    ) -> bool:
        rrset = self._zone.get_rrset(name, rdtype)
        if rrset is None:
            return False
        section.append(rrset)
        rrsigs = self._zone.get_rrset(name, dns.rdatatype.RRSIG, rdtype) if signatures else None
        if rrsigs is not None:
            section.append(rrsigs)
        return True

    def _cut(self, name: dns.name.Name) -> dns.name.Name | None:
        """Return the delegated name at or above ``name``, if there is one."""
        for depth in range(len(self.apex.labels) + 1, len(name.labels) + 1):
            above = name.split(depth)[1]
            if self._zone.get_rrset(above, dns.rdatatype.NS) is not None:
                return above
        return None

    def _exists(self, name: dns.name.Name) -> bool:
        return any(owner.is_subdomain(name) for owner in self._names)

    def _denier(self, name: dns.name.Name) -> dns.name.Name:
        """Return the last name at or before ``name`` in canonical order: its NSEC record tells what comes next."""
        return max(owner for owner in self._names if owner <= name)

    def _wildcard(self, name: dns.name.Name) -> dns.name.Name:
        encloser = name
        while not self._exists(encloser):
            encloser = encloser.parent()
        wildcard = dns.name.from_text("*", encloser)
        return name if self._exists(name) else wildcard
