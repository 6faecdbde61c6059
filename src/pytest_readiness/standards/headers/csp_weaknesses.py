"""What an attacker who can inject markup could still do under all the policies of a page together.

A browser asks every enforced policy and does only what none of them forbids. So each function here says what one
policy leaves open, and a page is open where each of its policies is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pytest_readiness.standards.headers.csp import DIRECTIVES, SOURCE_LISTS, Policy, SourceList
from pytest_readiness.standards.headers.csp_bypass_hosts import BYPASSES, Bypass
from pytest_readiness.standards.headers.csp_sources import KEYWORDS, Kind, matches
from pytest_readiness.standards.headers.csp_sources import parse as parse_source

ELEMENTS = ("script-src-elem", "script-src", "default-src")
HANDLERS = ("script-src-attr", "script-src", "default-src")
EVALUATION = ("script-src", "default-src")

NONCE_BITS = 128
"""What a nonce should carry at least: CSP3, section 7.1."""

Opening = Callable[[Policy], tuple[str, ...]]
"""What one policy leaves open, in its own words; empty where it forbids it."""


def open_in_all(policies: Sequence[Policy], opening: Opening) -> tuple[str, ...]:
    """Return what leaves the page open, each thing once; empty where one policy forbids it."""
    found = [opening(policy) for policy in policies]
    return tuple(dict.fromkeys(words for each in found for words in each)) if found and all(found) else ()


def any_script(policy: Policy) -> tuple[str, ...]:
    """No directive limits where scripts come from."""
    if policy.runs_scripts and policy.sources(*ELEMENTS) is None:
        return ("no script-src and no default-src",)
    return ()


def inline_scripts(policy: Policy) -> tuple[str, ...]:
    """Inline ``script`` elements run."""
    return _inline(policy, ELEMENTS)


def inline_handlers(policy: Policy) -> tuple[str, ...]:
    """Inline event handlers run."""
    return _inline(policy, HANDLERS)


def _inline(policy: Policy, directives: Sequence[str]) -> tuple[str, ...]:
    if not policy.runs_scripts:
        return ()
    allowed = policy.sources(*directives)
    if allowed is None:
        return (f"no {directives[0]}, script-src or default-src",)
    return (f"{allowed.directive} 'unsafe-inline'",) if allowed.inline else ()


def broad_scripts(policy: Policy) -> tuple[str, ...]:
    """Scripts load from anywhere."""
    if not policy.runs_scripts:
        return ()
    allowed = policy.sources(*ELEMENTS)
    if allowed is None:
        return ("no script-src and no default-src",)
    return () if allowed.strict_dynamic else _broad(allowed)


def evaluation(policy: Policy) -> tuple[str, ...]:
    """Strings are run as code."""
    if not policy.runs_scripts:
        return ()
    allowed = policy.sources(*EVALUATION)
    if allowed is None:
        return ("no script-src and no default-src",)
    return (f"{allowed.directive} 'unsafe-eval'",) if allowed.has("'unsafe-eval'") else ()


def objects(policy: Policy) -> tuple[str, ...]:
    """``object`` and ``embed`` load from anywhere."""
    allowed = policy.sources("object-src", "default-src")
    return ("no object-src and no default-src",) if allowed is None else _broad(allowed)


def bases(policy: Policy) -> tuple[str, ...]:
    """A ``base`` element sends relative URLs, scripts' among them, to another site."""
    return _without_fallback(policy, "base-uri")


def form_targets(policy: Policy) -> tuple[str, ...]:
    """Forms send what was typed to another site."""
    return _without_fallback(policy, "form-action")


def _without_fallback(policy: Policy, directive: str) -> tuple[str, ...]:
    allowed = policy.sources(directive)
    return (f"no {directive}",) if allowed is None else _broad(allowed)


def _broad(allowed: SourceList) -> tuple[str, ...]:
    return tuple(f"{allowed.directive} {source.text}" for source in allowed.sources if source.broad)


def trusts_single_scripts(policies: Iterable[Policy]) -> bool:
    """Whether scripts run by nonce, hash or descent: then a ``base`` element redirects trusted ones."""
    lists = (policy.sources(*ELEMENTS) for policy in policies)
    return any(allowed is not None and (allowed.singles_out or allowed.strict_dynamic) for allowed in lists)


def bypasses(policies: Sequence[Policy], page_scheme: str = "https") -> tuple[Bypass, ...]:
    """Return the places with ready means to run anything that every policy lets scripts load from.

    Where scripts load from anywhere anyway there is nothing to get round.
    """
    if not policies or open_in_all(policies, broad_scripts) or not all(policy.runs_scripts for policy in policies):
        return ()
    limits = [allowed for policy in policies if (allowed := policy.sources(*ELEMENTS)) is not None]
    return tuple(bypass for bypass in BYPASSES if all(_loads(limit, bypass, page_scheme) for limit in limits))


def _loads(allowed: SourceList, bypass: Bypass, page_scheme: str) -> bool:
    if allowed.strict_dynamic:
        return False
    return any(matches(source, bypass.location, page_scheme) for source in allowed.sources)


def nonces(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Return the nonces by which scripts are let in."""
    lists = (policy.sources(*ELEMENTS) for policy in policies)
    return tuple(dict.fromkeys(nonce for allowed in lists if allowed is not None for nonce in allowed.nonces))


def is_short(nonce: str) -> bool:
    """Whether a nonce, read as base64, carries less than it should."""
    return len(nonce.rstrip("=")) * 6 < NONCE_BITS


def locked(policy: Policy) -> bool:
    """Whether ``'strict-dynamic'`` has no nonce or hash to start from, so that no script can run."""
    allowed = policy.sources(*ELEMENTS)
    return allowed is not None and allowed.strict_dynamic and not allowed.singles_out


def misread(policy: Policy) -> Iterator[str]:
    """Yield what browsers ignore or take for something else than it looks like."""
    for name in policy.repeated:
        yield f"the second {name} is ignored"
    for text in policy.garbled:
        yield f"{text[:40].encode('ascii', 'backslashreplace').decode()} is ignored: it is not ASCII"
    for name, values in policy.directives.items():
        if name not in DIRECTIVES:
            yield f"{name[:40]} is no directive"
        elif name in SOURCE_LISTS:
            yield from _misread_sources(name, values)


def _misread_sources(name: str, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        word = value.lower()
        if word == "'none'" and len(values) > 1:
            yield f"'none' among other sources of {name} is ignored"
        elif word in DIRECTIVES:
            yield f"{word} stands among the sources of {name}: a semicolon is missing"
        elif f"'{word}'" in KEYWORDS or word.startswith(("nonce-", "sha256-", "sha384-", "sha512-")):
            yield f"{value[:40]} in {name} is taken for a host: it needs single quotes"
        elif parse_source(value).kind is Kind.VOID:
            yield f"{value[:40]} in {name} is no source"
