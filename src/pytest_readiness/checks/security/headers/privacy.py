"""What browsers tell other sites, and what they let other sites' frames use."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.checks.security.headers.pages import conclude, documents, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.findings import Finding, Judgement
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers import permissions_policy as permissions
from pytest_readiness.standards.headers import referrer_policy as referrers
from pytest_readiness.standards.pages import html

REFERRER_FIX = "send: Referrer-Policy: strict-origin-when-cross-origin"
PERMISSIONS_FIX = "send: Permissions-Policy: camera=(), geolocation=(), microphone=()"


@check("security/security-headers", severity="medium", source="W3C Referrer Policy")
def referrer_policy(pages: Pages) -> Iterator[Judgement]:
    """No HTML page has browsers tell other sites the whole address of the page that a visitor came from.

    The policy is the last known word of the header, or of a meta element, which comes later and wins. unsafe-url and
    no-referrer-when-downgrade send paths and queries, with whatever tokens and search words they hold, to other sites:
    medium. origin and origin-when-cross-origin tell plain HTTP sites where visitors come from: low. Where no known
    word is given, today's browsers fall back to strict-origin-when-cross-origin, which is sound; that it is left to
    them is a low finding, since older ones sent the whole address.
    """
    yield from conclude(pages, on_each(documents(pages), _referrers))


def _referrers(page: Exchange) -> Iterator[Finding]:
    lines = page.headers.all("Referrer-Policy")
    policy = referrers.effective(lines, html.parse(page.text))
    if policy is None:
        yield Finding(
            "no word of Referrer-Policy is known to browsers" if lines else "no Referrer-Policy",
            measured=", ".join(lines) if lines else None,
            fix=REFERRER_FIX,
            severity=Severity.LOW,
            source="Referrer Policy, 3 (default referrer policy)",
        )
    elif policy in referrers.LEAKING:
        yield Finding(
            f"{policy} tells other sites the whole address that visitors come from",
            measured=policy,
            fix=REFERRER_FIX,
            source="Referrer Policy, 3",
        )
    elif policy in referrers.DOWNGRADING:
        yield Finding(
            f"{policy} tells plain HTTP sites where visitors come from",
            measured=policy,
            fix=REFERRER_FIX,
            severity=Severity.LOW,
            source="Referrer Policy, 3",
        )


@check("security/security-headers", severity="medium", source="W3C Permissions Policy; RFC 9651")
def permissions_policy(pages: Pages) -> Iterator[Judgement]:
    """Every HTML page says which sites may use camera, microphone, location and their like, and lets in not just any.

    The field is one structured dictionary over all its lines: a single slip, the syntax of Feature-Policy among them,
    makes browsers ignore it whole (medium). A powerful feature given to every origin is medium. That it is missing is
    low, since browsers then keep powerful features to the page's own origin; so is an origin without quotes, which
    names nobody.
    """
    yield from conclude(pages, on_each(documents(pages), _permissions))


def _permissions(page: Exchange) -> Iterator[Finding]:
    lines = page.headers.all("Permissions-Policy")
    if not lines:
        old = page.headers.all("Feature-Policy")
        yield Finding(
            "no Permissions-Policy: browsers no longer read Feature-Policy" if old else "no Permissions-Policy",
            measured=old[0] if old else None,
            fix=PERMISSIONS_FIX,
            severity=Severity.LOW,
            source="Permissions Policy, 5.2",
        )
        return
    allowlists = permissions.parse(lines)
    if allowlists is None:
        yield Finding(
            "a syntax error makes browsers ignore the whole Permissions-Policy",
            measured=", ".join(lines),
            fix=PERMISSIONS_FIX,
            source="RFC 9651, 4.2",
        )
        return
    for feature in permissions.POWERFUL:
        if feature in allowlists and allowlists[feature].everybody:
            yield Finding(
                f"every site that the page shows in a frame may use {feature}",
                measured=f"{feature}=*",
                fix=f"send: Permissions-Policy: {feature}=() or {feature}=(self)",
                source="Permissions Policy, 5.2",
            )
    for feature, allowlist in allowlists.items():
        if allowlist.ignored:
            yield Finding(
                f"{feature} lists what names nobody: {', '.join(allowlist.ignored)[:80]}",
                fix='write origins in double quotes: geolocation=(self "https://maps.example.com")',
                severity=Severity.LOW,
                source="Permissions Policy, 5.2",
            )
