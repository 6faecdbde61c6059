"""DNS messages, read into plain data."""

from __future__ import annotations

import asyncio

from dns import rcode, rdataclass, rdatatype
from dns.exception import DNSException
from dns.message import Message
from dns.name import from_text
from dns.rdata import Rdata
from dns.rrset import RRset

from pytest_readiness.guard.dns import Resolver
from pytest_readiness.model.dns import Lookup
from pytest_readiness.model.exceptions import BudgetSpent, Unverified


def rrset(message: Message, name: str, rdtype: str) -> RRset | None:
    """Return the records of ``name`` and ``rdtype`` in the answer, or None."""
    try:
        owner = from_text(name)
    except (DNSException, UnicodeError):
        return None
    return message.get_rrset(message.answer, owner, rdataclass.IN, rdatatype.from_text(rdtype))


def lookup(message: Message, name: str, rdtype: str, *, asked: str | None = None) -> Lookup:
    """Return what ``message`` says of ``name``.

    Args:
        message: The answer.
        name: The name, at the end of its CNAME chain.
        rdtype: The type.
        asked: The name that was asked for, where a chain led from it to ``name``.
    """
    found = rrset(message, name, rdtype)
    return Lookup(
        name=asked or name,
        rdtype=rdtype,
        rcode=rcode.to_text(message.rcode()),
        records=tuple(sorted(text(record) for record in found or ())),
        ttl=found.ttl if found else None,
    )


def text(record: Rdata) -> str:
    """Return a record's data: names without their final dot, TXT strings joined as they are meant to be."""
    if record.rdtype in {rdatatype.TXT, rdatatype.SPF}:
        return b"".join(getattr(record, "strings", ())).decode("utf-8", "replace")
    if record.rdtype in {rdatatype.NS, rdatatype.CNAME, rdatatype.PTR}:
        return record.to_text().lower().rstrip(".") or "."
    return record.to_text()


def silent(name: str, rdtype: str, error: BaseException) -> Lookup:
    """Return a lookup that nobody answered.

    Raises:
        BaseException: ``error`` itself where it is no network trouble, or the budget is used up.
    """
    if not isinstance(error, Unverified) or isinstance(error, BudgetSpent):
        raise error
    return Lookup(name, rdtype, rcode="", silence=error.reason)


async def followed(resolver: Resolver, name: str, rdtype: str) -> Lookup:
    """Return what stands at the end of the CNAME chain of ``name``; its ``name`` is the one that was asked for."""
    try:
        found = await resolver.follow(name, rdtype)
    except Unverified as error:
        return silent(name, rdtype, error)
    if found.endless:
        return Lookup(name, rdtype, rcode="", silence="its CNAME records go round in a circle, or on for too long")
    return lookup(found.answer, (name, *found.names)[-1], rdtype, asked=name)


async def addresses(resolver: Resolver, host: str) -> tuple[tuple[str, ...], str]:
    """Return the addresses that the DNS gives ``host``, and why there are none; empty where there are."""
    v4, v6 = await asyncio.gather(followed(resolver, host, "A"), followed(resolver, host, "AAAA"))
    found = v4.records + v6.records
    if found:
        return found, ""
    return (), v4.trouble or ("the name does not exist" if v4.rcode == "NXDOMAIN" else "it has no address")
