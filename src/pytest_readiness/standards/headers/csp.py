"""Content security policies, parsed as browsers parse them (CSP3, section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pytest_readiness.standards.headers import csp_sources
from pytest_readiness.standards.headers.csp_sources import Kind, Source

_SPACE = "\t\n\f\r "

SOURCE_LISTS = frozenset(
    f"{name}-src"
    for name in (
        *("child", "connect", "default", "fenced-frame", "font", "frame", "img", "manifest", "media", "object"),
        *("prefetch", "script", "style", "worker"),
    )
) | frozenset(
    {"base-uri", "form-action", "frame-ancestors", "script-src-attr", "script-src-elem", "style-src-attr"}
    | {"style-src-elem", "navigate-to"}
)
"""Directives whose value is a list of sources."""

DIRECTIVES = SOURCE_LISTS | frozenset(
    {"block-all-mixed-content", "plugin-types", "referrer", "report-to", "report-uri", "require-sri-for", "sandbox"}
    | {"require-trusted-types-for", "trusted-types", "upgrade-insecure-requests", "webrtc"}
)
"""Every directive that a browser knows or has known."""

VOID_IN_META = frozenset({"frame-ancestors", "report-uri", "sandbox"})
"""What a ``meta`` element cannot say (HTML, section 4.2.5.3)."""


class Delivery(StrEnum):
    """Where a policy stands."""

    HEADER = "header"
    META = "meta element"


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, with only what browsers keep of it.

    Attributes:
        directives: The values by lower-case name, the first of each.
        delivery: Where it stands.
        repeated: Names of directives that came again, and were ignored.
        void: Names of directives that count for nothing where the policy stands.
        garbled: Directives that were dropped since they are not ASCII.
    """

    directives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    delivery: Delivery = Delivery.HEADER
    repeated: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    garbled: tuple[str, ...] = ()

    def sources(self, *names: str) -> SourceList | None:
        """Return the sources of the first directive of ``names`` that is there; None where none is."""
        return next((source_list(name, self.directives[name]) for name in names if name in self.directives), None)

    @property
    def runs_scripts(self) -> bool:
        """Whether scripts run at all: not in a sandbox without ``allow-scripts``."""
        sandbox = self.directives.get("sandbox")
        return sandbox is None or "allow-scripts" in (flag.lower() for flag in sandbox)


@dataclass(frozen=True, slots=True)
class SourceList:
    """What one directive allows.

    Attributes:
        directive: Its name.
        sources: Its expressions; ``'none'`` is not among them, since it means an empty list or nothing.
    """

    directive: str
    sources: tuple[Source, ...]

    def has(self, keyword: str) -> bool:
        """Whether the quoted ``keyword`` is among the expressions."""
        return any(source.text.lower() == keyword for source in self.sources)

    @property
    def nonces(self) -> tuple[str, ...]:
        return tuple(source.nonce for source in self.sources if source.kind is Kind.NONCE)

    @property
    def singles_out(self) -> bool:
        """Whether it names single scripts, by nonce or hash: ``'unsafe-inline'`` is void beside them."""
        return any(source.kind in {Kind.NONCE, Kind.HASH} for source in self.sources)

    @property
    def strict_dynamic(self) -> bool:
        """Whether hosts, schemes and ``'self'`` are void, and trust passes from script to script."""
        return self.has("'strict-dynamic'")

    @property
    def inline(self) -> bool:
        """Whether any inline script is allowed (CSP3, section 6.7.3.2)."""
        return self.has("'unsafe-inline'") and not self.singles_out and not self.strict_dynamic


def source_list(directive: str, values: Iterable[str]) -> SourceList:
    """Read the value of a directive."""
    return SourceList(directive, tuple(csp_sources.parse(value) for value in values if value.lower() != "'none'"))


def parse(text: str, delivery: Delivery = Delivery.HEADER) -> Policy:
    """Read one policy; a name that comes again is ignored, and so is what is not ASCII."""
    directives: dict[str, tuple[str, ...]] = {}
    repeated: list[str] = []
    garbled: list[str] = []
    for token in text.split(";"):
        stripped = token.strip(_SPACE)
        if not stripped.isascii():
            garbled.append(stripped)
            continue
        name, *values = re.split(r"[\t\n\f\r ]+", stripped)
        if not name:
            continue
        if name.lower() in directives:
            repeated.append(name.lower())
        else:
            directives[name.lower()] = tuple(values)
    void = tuple(name for name in directives if delivery is Delivery.META and name in VOID_IN_META)
    kept = {name: values for name, values in directives.items() if name not in void}
    return Policy(kept, delivery, tuple(repeated), void, tuple(garbled))


def parse_header(lines: Sequence[str]) -> tuple[Policy, ...]:
    """Read the policies of all lines: commas separate policies, and every one of them holds."""
    policies = (parse(text) for line in lines for text in line.split(","))
    return tuple(policy for policy in policies if policy.directives or policy.garbled)
