"""DNS and domain registration as they were seen.

Names are text, lower case, without the final dot; the root is ``.``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pytest_readiness.model.http import Answer


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question to the DNS, and what came back.

    Attributes:
        name: The name that was asked for.
        rdtype: The type that was asked for: ``A``, ``MX``.
        rcode: ``NOERROR``, ``NXDOMAIN``, ``SERVFAIL`` …; empty where nobody answered.
        records: The data of the records found, in presentation format, sorted; of TXT the text.
        ttl: Seconds that the records may be kept; None without records.
        silence: Why there was no answer; empty where there was one.
    """

    name: str
    rdtype: str
    rcode: str = "NOERROR"
    records: tuple[str, ...] = ()
    ttl: int | None = None
    silence: str = ""

    @property
    def conclusive(self) -> bool:
        """Whether the answer tells what is there: records, none of the type, or no such name."""
        return self.rcode in {"NOERROR", "NXDOMAIN"}

    @property
    def trouble(self) -> str:
        """Why the answer tells nothing; empty where it does."""
        return "" if self.conclusive else self.rcode or self.silence or "no answer"


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone that holds the target's name.

    Attributes:
        name: The target's host.
        apex: The name of the zone; None where no zone below the top-level domains holds the name.
    """

    name: str
    apex: str | None


@dataclass(frozen=True, slots=True)
class CaaRecord:
    """One CAA record (RFC 8659).

    Attributes:
        critical: Whether an issuer that does not know the tag must refuse.
        tag: The property, lower case.
        value: Its value.
    """

    critical: bool
    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class Caa:
    """The CAA records that hold for a name.

    Attributes:
        found_at: The name they stand at, the target's or the nearest above it; None where there are none.
        records: The records.
        failures: The lookups on the way that told nothing; an issuer must refuse because of them.
    """

    found_at: str | None = None
    records: tuple[CaaRecord, ...] = ()
    failures: tuple[Lookup, ...] = ()


@dataclass(frozen=True, slots=True)
class Dns:
    """What a visitor's resolver finds for the target's name.

    Attributes:
        name: The target's host.
        chain: The names that CNAME records lead to, in order.
        v4: The A lookup at the end of the chain.
        v6: The AAAA lookup at the end of the chain.
        caa: Who may issue certificates.
        endless: Whether the chain comes back to a name in it, or has more links than resolvers follow.
    """

    name: str
    v4: Lookup
    v6: Lookup
    chain: tuple[str, ...] = ()
    caa: Caa = Caa()
    endless: bool = False


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What one address of an authoritative server says of the zone.

    Attributes:
        address: The address.
        soa: The SOA lookup of the zone's apex.
        authoritative: Whether the server speaks for the zone (the AA flag).
        serial: The SOA serial; None where there was none.
        v4: Its A lookup of the target's name, CNAME records included; None where the server had already failed.
        v6: The same for AAAA.
        no_route: Whether this machine has no way to the address: IPv6 from an IPv4-only network.
    """

    address: str
    soa: Lookup
    authoritative: bool = False
    serial: int | None = None
    v4: Lookup | None = None
    v6: Lookup | None = None
    no_route: bool = False


@dataclass(frozen=True, slots=True)
class Nameserver:
    """One authoritative server of the zone.

    Attributes:
        name: Its host name.
        answers: What each of its addresses says; empty where it has none.
        unresolved: Why it has no address; empty where it has.
    """

    name: str
    answers: tuple[ServerAnswer, ...] = ()
    unresolved: str = ""


@dataclass(frozen=True, slots=True)
class Nameservers:
    """The authoritative servers of the target's zone.

    Attributes:
        zone: The zone.
        servers: The servers that its NS records name, in the order of their names.
        unasked: How many more NS records name.
    """

    zone: str
    servers: tuple[Nameserver, ...]
    unasked: int = 0


class Trust(StrEnum):
    """What DNSSEC makes of a zone (RFC 4035, 4.3; ``island`` as in RFC 4033, 2)."""

    SECURE = "secure"
    UNSIGNED = "unsigned"
    ISLAND = "signed, but not vouched for"
    BOGUS = "bogus"


class Breach(StrEnum):
    """Why a validating resolver refuses what it gets."""

    EXPIRED = "signature expired"
    NOT_YET_VALID = "signature not valid yet"
    FORGED = "signature does not match the records"
    UNKNOWN_KEY = "signed with a key that is not in the zone"
    NO_SIGNATURE = "signature missing"
    NO_KEYS = "zone has no keys, though its parent says it is signed"
    DS_MISMATCH = "no key matches the DS records of the parent"
    UNPROVEN = "parent does not prove that there is no DS record"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks the chain of trust.

    Attributes:
        breach: What is wrong.
        owner: Name and type of the records, ``shop.example.com A``.
        zone: The zone they belong to.
        detail: What was seen: dates, key tags.
    """

    breach: Breach
    owner: str
    zone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """How long the signature of a set of records holds.

    Attributes:
        owner: Name and type of the records.
        inception: From when, UTC.
        expiration: Until when, UTC; the latest of the signatures that verify.
        ttl: Seconds that resolvers may keep the records.
    """

    owner: str
    inception: datetime
    expiration: datetime
    ttl: int


@dataclass(frozen=True, slots=True)
class Dnssec:
    """What a validating resolver makes of the target's name.

    Attributes:
        zone: The zone that holds the name.
        trust: What DNSSEC makes of that zone.
        anchor: The zone whose keys were trusted from the start.
        faults: What breaks the chain; there is one at least where ``trust`` is bogus.
        signatures: The signatures that verified.
        algorithms: The signing algorithms of the zone's keys.
        unsigned_at: The uppermost zone without a signed delegation; None where the chain is whole.
    """

    zone: str
    trust: Trust
    anchor: str = "."
    faults: tuple[Fault, ...] = ()
    signatures: tuple[Signature, ...] = ()
    algorithms: tuple[str, ...] = ()
    unsigned_at: str | None = None


@dataclass(frozen=True, slots=True)
class MailHost:
    """One MX record and where it leads.

    Attributes:
        preference: The preference, lowest first.
        name: The host; ``.`` says that the domain takes no mail (RFC 7505).
        addresses: The addresses that the host leads to.
        trouble: Why it leads to none; empty where it does.
    """

    preference: int
    name: str
    addresses: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """What the domain says of its mail.

    Attributes:
        domain: The domain: the apex of the target's zone.
        hosts: Its MX records, lowest preference first.
        spf: The SPF records of the domain, first, and of each domain that they include or redirect to.
        dmarc: The DMARC lookups of the domain and the names above it, nearest first.
    """

    domain: str
    hosts: tuple[MailHost, ...]
    spf: tuple[Lookup, ...]
    dmarc: tuple[Lookup, ...]


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Whether the hosting service that the name points to knows the name.

    Attributes:
        service: The service; empty where the name points to none whose names can be claimed by others.
        alias: The name at the service that a CNAME record leads to.
        answer: The answer for the target's URL; None where there was no reason to ask.
    """

    service: str = ""
    alias: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry says of the registered domain (RFC 9083).

    Attributes:
        domain: The registered domain.
        url: Where it was read.
        expires: When the registration ends, UTC; None where the registry does not say.
        statuses: The status values, lower case.
        delegation_signed: Whether the registry holds DS records; None where it does not say.
    """

    domain: str
    url: str
    expires: datetime | None
    statuses: tuple[str, ...] = ()
    delegation_signed: bool | None = None
