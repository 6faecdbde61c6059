"""Whether a page's policies keep injected scripts from running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_readiness.checks.security.headers.pages import conclude, documents, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers import csp, csp_weaknesses
from pytest_readiness.standards.headers.csp_weaknesses import Opening
from pytest_readiness.standards.pages import html

FIELD = "Content-Security-Policy"
STRICT = "script-src 'nonce-RANDOM' 'strict-dynamic'; object-src 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class Rule:
    """What should be closed.

    Attributes:
        opening: What one policy leaves open.
        summary: That it is open, in words.
        fix: The directive that closes it.
        source: Where the rule comes from.
        severity: How bad it is; None for as bad as the check.
    """

    opening: Opening
    summary: str
    fix: str
    source: str
    severity: Severity | None = None


INLINE = (
    Rule(
        csp_weaknesses.inline_scripts,
        "inline scripts run",
        "let scripts in by nonce or hash in place of 'unsafe-inline': script-src 'nonce-RANDOM' 'strict-dynamic'",
        "CSP3, 6.7.3.2",
    ),
    Rule(
        csp_weaknesses.inline_handlers,
        "inline event handlers run",
        "attach handlers in scripts and take 'unsafe-inline' out of what governs script-src-attr",
        "CSP3, 6.7.3.2",
    ),
)
SCRIPTS = (
    Rule(
        csp_weaknesses.broad_scripts,
        "scripts load from anywhere",
        "name the hosts, or let scripts in by nonce: script-src 'nonce-RANDOM' 'strict-dynamic'",
        "CSP3, 6.7.2.8",
    ),
    Rule(
        csp_weaknesses.evaluation,
        "strings are run as code",
        "take 'unsafe-eval' out of script-src; 'wasm-unsafe-eval' is enough for WebAssembly",
        "CSP3, 4.4",
        Severity.MEDIUM,
    ),
)
OBJECTS = Rule(
    csp_weaknesses.objects,
    "embedded objects load from anywhere",
    "add: object-src 'none'",
    "CSP3, 6.1.9",
    Severity.MEDIUM,
)
BASES = Rule(
    csp_weaknesses.bases,
    "an injected base element sends relative URLs to another site",
    "add: base-uri 'none'",
    "CSP3, 6.3.1",
)
FORMS = Rule(
    csp_weaknesses.form_targets,
    "an injected form sends what is typed to another site",
    "add: form-action 'self'",
    "CSP3, 6.4.1",
    Severity.LOW,
)


@check("security/security-headers", source="Content Security Policy Level 3")
def content_security_policy(pages: Pages) -> Iterator[Judgement]:
    """On every HTML page, error pages included, a content security policy keeps injected scripts from running.

    Every policy that a page enforces is read, from each header line, each comma-separated part and each meta element
    in its head; as in browsers, something is open only where every one of them leaves it open. 'unsafe-inline' counts
    for nothing beside a nonce, a hash or 'strict-dynamic', hosts count for nothing beside 'strict-dynamic', a second
    directive of the same name is ignored, and frame-ancestors, report-uri and sandbox are void in a meta element.
    Report-only policies protect nothing. Nonces must be new on each page and carry 128 bits. Open inline scripts and
    scripts from anywhere are as bad as the check, and so is no policy; 'unsafe-eval', objects, hosts that are known to
    serve whatever is asked of them, and base elements beside nonces are medium; the rest is low. Inline styles are let
    pass. Who may frame the page is the check framing's matter. Answers that are not HTML are not judged: browsers run
    no scripts in them.
    """
    rendered = documents(pages)
    if rendered:
        yield Measure("enforced_policies", min(len(enforced(page)) for page in rendered))
    findings = [*on_each(rendered, _weaknesses), *_fixed_nonces(rendered)]
    yield from conclude(pages, findings)


def enforced(page: Exchange) -> tuple[csp.Policy, ...]:
    """Return the policies that a browser enforces on the page."""
    in_head = html.parse(page.text).policies()
    metas = tuple(csp.parse(text, csp.Delivery.META) for text in in_head)
    return csp.parse_header(page.headers.all(FIELD)) + tuple(policy for policy in metas if policy.directives)


def _weaknesses(page: Exchange) -> Iterator[Finding]:
    policies = enforced(page)
    if not policies:
        yield _without_policy(page)
        return
    if opening := csp_weaknesses.open_in_all(policies, csp_weaknesses.any_script):
        yield Finding(
            "no policy limits where scripts come from",
            measured="; ".join(opening),
            fix=f"add: {STRICT}",
            source="CSP3, 6.1.10",
        )
    else:
        # What runs inline elements runs handlers too, in all but odd policies: one cause, one finding.
        yield from next((found for rule in INLINE if (found := list(_open(policies, rule)))), [])
        for rule in SCRIPTS:
            yield from _open(policies, rule)
        yield from _bypasses(policies, page)
    yield from _open(policies, OBJECTS)
    redirects_trusted = csp_weaknesses.trusts_single_scripts(policies)
    yield from _open(policies, BASES, Severity.MEDIUM if redirects_trusted else Severity.LOW)
    yield from _open(policies, FORMS)
    yield from _weak_nonces(policies)
    yield from _slips(page, policies)


def _without_policy(page: Exchange) -> Finding:
    reported = page.headers.first(f"{FIELD}-Report-Only")
    if reported is None:
        return Finding(f"no {FIELD}", fix=f"send: {FIELD}: {STRICT}", source="CSP3, 3.1")
    return Finding(
        f"{FIELD}-Report-Only only reports",
        measured=reported,
        fix=f"send the policy as {FIELD} once its reports are quiet",
        source="CSP3, 3.2",
    )


def _open(policies: Sequence[csp.Policy], rule: Rule, severity: Severity | None = None) -> Iterator[Finding]:
    if words := csp_weaknesses.open_in_all(policies, rule.opening):
        yield Finding(
            rule.summary,
            measured="; ".join(words),
            fix=rule.fix,
            severity=severity or rule.severity,
            source=rule.source,
        )


def _bypasses(policies: Sequence[csp.Policy], page: Exchange) -> Iterator[Finding]:
    by_means: dict[str, list[str]] = {}
    for bypass in csp_weaknesses.bypasses(policies, page.url.partition(":")[0].lower()):
        by_means.setdefault(bypass.means, []).append(bypass.host)
    for means, hosts in by_means.items():
        yield Finding(
            f"the policy lets in {_few(hosts)}, where anybody can get a script of their own: {means}",
            measured=", ".join(dict.fromkeys(hosts)),
            fix="let scripts in by nonce, not by host: script-src 'nonce-RANDOM' 'strict-dynamic'; or name whole paths",
            severity=Severity.MEDIUM,
            source="CSP3, 6.7.2.8",
        )


def _few(hosts: Sequence[str]) -> str:
    names = list(dict.fromkeys(hosts))
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _weak_nonces(policies: Sequence[csp.Policy]) -> Iterator[Finding]:
    for nonce in csp_weaknesses.nonces(policies):
        if csp_weaknesses.is_short(nonce):
            guessable = len(nonce) < 8
            yield Finding(
                f"a nonce of {len(nonce)} characters carries less than {csp_weaknesses.NONCE_BITS} bits",
                measured=f"'nonce-{nonce}'",
                fix="make it from 16 random bytes for every answer, as base64",
                severity=Severity.MEDIUM if guessable else Severity.LOW,
                source="CSP3, 7.1",
            )


def _fixed_nonces(rendered: Sequence[Exchange]) -> Iterator[Finding]:
    seen: dict[str, list[str]] = {}
    for page in rendered:
        for nonce in csp_weaknesses.nonces(enforced(page)):
            seen.setdefault(nonce, []).append(page.url)
    for nonce, places in seen.items():
        if len(places) > 1:
            yield Finding(
                "the same nonce comes twice: whoever has read one page knows it",
                where=", ".join(dict.fromkeys(places)),
                measured=f"'nonce-{nonce}'",
                fix="make it from 16 random bytes for every answer, and keep pages that carry one out of caches",
                source="CSP3, 7.1",
            )


def _slips(page: Exchange, policies: Sequence[csp.Policy]) -> Iterator[Finding]:
    """Yield what the policies say and browsers do not hear."""
    slips = [slip for policy in policies for slip in csp_weaknesses.misread(policy)]
    slips += [f"{name} is void in a meta element" for policy in policies for name in policy.void]
    for meta in html.parse(page.text).metas:
        if meta.http_equiv == FIELD.lower() and not meta.in_head:
            slips.append("a policy in a meta element outside the head is void")
        elif meta.http_equiv == f"{FIELD}-Report-Only".lower():
            slips.append("a report-only policy in a meta element is void")
    for slip in dict.fromkeys(slips):
        yield Finding(
            f"browsers ignore a part of the policy: {slip}",
            fix="correct it, or take it out",
            severity=Severity.LOW,
            source="CSP3, 2.2.1",
        )
    if any(csp_weaknesses.locked(policy) for policy in policies):
        yield Finding(
            "'strict-dynamic' without a nonce or hash lets no script run at all",
            fix="add a nonce: script-src 'nonce-RANDOM' 'strict-dynamic'",
            severity=Severity.MEDIUM,
            source="CSP3, 8.2",
        )
