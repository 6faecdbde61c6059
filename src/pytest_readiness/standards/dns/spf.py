"""Sender Policy Framework records (RFC 7208)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

MOST_LOOKUPS = 10
"""Terms that cost a DNS lookup; a receiver stops with an error at the next one (section 4.6.4)."""

_QUALIFIERS = "+-~?"
_LOOKUPS = frozenset({"include", "a", "mx", "ptr", "exists"})
_TERM = re.compile(r"([+?~-]?)([a-z][a-z0-9_.-]*)(.*)", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE | re.DOTALL)
_CIDR = re.compile(r"(/(?:0|[1-9]\d{0,2}))?(//(?:0|[1-9]\d{0,2}))?")
_MACRO_STRING = re.compile(r"(?:%\{[slodiphcrtv]\d*r?[.+,/_=-]*\}|%[%_-]|[!-$&-~])*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive: what is said of the senders that it matches.

    Attributes:
        qualifier: ``+`` pass, ``-`` fail, ``~`` softfail, ``?`` neutral.
        name: ``all``, ``include``, ``a``, ``mx``, ``ptr``, ``ip4``, ``ip6`` or ``exists``.
        value: The domain or the network; empty for the domain itself.
    """

    qualifier: str
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One SPF record.

    Attributes:
        mechanisms: Its directives in order.
        redirect: The domain whose record holds where none matches; None without.
    """

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None = None

    @property
    def all(self) -> str | None:
        """The qualifier of the ``all`` mechanism; None without one."""
        return next((mechanism.qualifier for mechanism in self.mechanisms if mechanism.name == "all"), None)

    @property
    def references(self) -> tuple[str, ...]:
        """The domains whose SPF records count too; those that macros make up are known to receivers only."""
        included = [mechanism.value for mechanism in self.mechanisms if mechanism.name == "include"]
        if self.redirect is not None and self.all is None:
            included.append(self.redirect)
        return tuple(domain.lower().rstrip(".") for domain in included if "%" not in domain)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A text that receivers answer with a permanent error.

    Attributes:
        reason: What is wrong with it.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What the record of a domain comes to, with all that it includes.

    Attributes:
        all: What is said of senders that nothing matches: a qualifier; ``?`` where the record does not say.
        lookups: DNS lookups that a receiver needs at most.
        errors: Why receivers answer with a permanent error.
        uses_ptr: Whether the mechanism ``ptr`` stands in it, which should not be used (section 5.5).
    """

    all: str
    lookups: int
    errors: tuple[str, ...] = ()
    uses_ptr: bool = False


def is_record(text: str) -> bool:
    """Return whether a TXT record is an SPF record (section 4.5)."""
    version, _, _ = text.partition(" ")
    return version.lower() == "v=spf1"


def parse(text: str) -> Record | Malformed:
    """Return the record that ``text`` is, or why it is none."""
    if not is_record(text):
        return Malformed("it does not begin with v=spf1")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if modifier := _MODIFIER.fullmatch(term):
            name, value = modifier[1].lower(), modifier[2]
            if name in modifiers and name in {"redirect", "exp"}:
                return Malformed(f"{name}= stands twice")
            if not _MACRO_STRING.fullmatch(value) or (name in {"redirect", "exp"} and not value):
                return Malformed(f"{term!r} has no valid value")
            modifiers[name] = value
            continue
        mechanism = _mechanism(term)
        if mechanism is None:
            return Malformed(f"{term!r} is no valid term")
        mechanisms.append(mechanism)
    return Record(tuple(mechanisms), modifiers.get("redirect"))


def _mechanism(term: str) -> Mechanism | None:
    match = _TERM.fullmatch(term)
    if match is None:
        return None
    qualifier, name, rest = match[1] or "+", match[2].lower(), match[3]
    valid, value = False, ""
    if name == "all":
        valid = not rest
    elif name in {"ip4", "ip6"}:
        value = rest.removeprefix(":")
        valid = rest.startswith(":") and _is_network(name, value)
    elif name in {"include", "exists"}:
        value = rest.removeprefix(":")
        valid = rest.startswith(":") and _is_domain_spec(value)
    elif name in {"a", "mx", "ptr"}:
        cut = rest.find("/") if name != "ptr" else -1
        domain, cidr = (rest, "") if cut < 0 else (rest[:cut], rest[cut:])
        value = domain.removeprefix(":")
        valid = (not domain or (domain.startswith(":") and _is_domain_spec(value))) and _is_cidr(cidr)
    return Mechanism(qualifier, name, value) if valid else None


def _is_domain_spec(text: str) -> bool:
    return bool(text) and _MACRO_STRING.fullmatch(text) is not None


def _is_cidr(text: str) -> bool:
    match = _CIDR.fullmatch(text)
    return match is not None and int((match[1] or "/0")[1:]) <= 32 and int((match[2] or "//0")[2:]) <= 128


def _is_network(name: str, text: str) -> bool:
    try:
        (IPv4Network if name == "ip4" else IPv6Network)(text, strict=False)
    except ValueError:
        return False
    return True


def evaluate(domain: str, published: Mapping[str, tuple[str, ...] | None]) -> Policy:
    """Return what the SPF record of ``domain`` comes to.

    Args:
        domain: The domain.
        published: Domain to its SPF records; None where they could not be looked up.
    """
    walk = _Evaluation(published)
    qualifier = walk.visit(domain, ())
    return Policy(qualifier, walk.lookups, tuple(dict.fromkeys(walk.errors)), walk.uses_ptr)


class _Evaluation:
    def __init__(self, published: Mapping[str, tuple[str, ...] | None]) -> None:
        self._published = published
        self.lookups = 0
        self.errors: list[str] = []
        self.uses_ptr = False

    def visit(self, domain: str, path: tuple[str, ...]) -> str:
        """Count what the record of ``domain`` costs, and return what it says of all others."""
        record = self._record(domain, path)
        if record is None:
            return "?"
        for mechanism in record.mechanisms:
            self.lookups += mechanism.name in _LOOKUPS
            self.uses_ptr = self.uses_ptr or mechanism.name == "ptr"
            if mechanism.name == "include" and "%" not in mechanism.value and self.lookups <= MOST_LOOKUPS:
                self.visit(mechanism.value.lower().rstrip("."), (*path, domain))
        if record.all is not None:
            return record.all
        if record.redirect is None:
            return "?"
        self.lookups += 1
        if "%" in record.redirect or self.lookups > MOST_LOOKUPS:
            return "?"
        return self.visit(record.redirect.lower().rstrip("."), (*path, domain))

    def _record(self, domain: str, path: tuple[str, ...]) -> Record | None:
        texts = self._published.get(domain)
        if domain in path:
            self.errors.append(f"{domain} includes itself")
        elif texts is None:
            self.errors.append(f"the record of {domain} could not be looked up")
        elif not texts:
            self.errors.append(f"{domain}, which is included, has no SPF record")
        else:
            record = parse(texts[0])
            if len(texts) > 1:
                record = Malformed(f"one of {len(texts)}, and only one is allowed")
            if isinstance(record, Record):
                return record
            self.errors.append(f"the record of {domain}: {record.reason}")
        return None
