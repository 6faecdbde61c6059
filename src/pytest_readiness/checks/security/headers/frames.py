"""Whether another site can show the pages in a frame."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.checks.security.headers.pages import conclude, documents, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers import csp
from pytest_readiness.standards.headers import framing as frame_rules
from pytest_readiness.standards.headers.framing import Framing
from pytest_readiness.standards.pages import html

FIX = "send: Content-Security-Policy: frame-ancestors 'self' (and X-Frame-Options: SAMEORIGIN for old browsers)"
SOURCE = "HTML, 7.6.1 (X-Frame-Options); CSP3, 6.4.2 (frame-ancestors)"


@check("security/security-headers", source=SOURCE)
def framing(pages: Pages) -> Iterator[Judgement]:
    """No HTML page can be shown in a frame by just any site.

    As in browsers, frame-ancestors of an enforced policy in a header switches X-Frame-Options off, even where it
    allows more; in a meta element it is void, and a report-only one protects nothing. X-Frame-Options is a set of
    comma-separated words: one DENY or SAMEORIGIN acts, several different ones with one of these among them block
    everybody (a low finding), ALLOW-FROM and unknown words do nothing. Answers that are not HTML are not judged.
    """
    rendered = documents(pages)
    if rendered:
        yield Measure("framed_by", max((_allowed(page) for page in rendered), key=list(Framing).index).value)
    yield from conclude(pages, on_each(rendered, _shortcomings))


def _allowed(page: Exchange) -> Framing:
    policies = csp.parse_header(page.headers.all("Content-Security-Policy"))
    return frame_rules.effective(policies, page.headers.all("X-Frame-Options"))


def _shortcomings(page: Exchange) -> Iterator[Finding]:
    policies = csp.parse_header(page.headers.all("Content-Security-Policy"))
    ruled = [policy for policy in policies if "frame-ancestors" in policy.directives]
    options = page.headers.all("X-Frame-Options")
    if _allowed(page) is Framing.ANYBODY:
        yield Finding(_reason(page, ruled, options), measured=_measured(ruled, options), fix=FIX, source=SOURCE)
    elif not ruled and frame_rules.conflicting(options):
        yield Finding(
            "X-Frame-Options contradicts itself, so browsers let nobody frame the page, its own site included",
            measured=", ".join(options),
            fix=FIX,
            severity=Severity.LOW,
            source="HTML, 7.6.1",
        )


def _measured(ruled: list[csp.Policy], options: tuple[str, ...]) -> str | None:
    if ruled:
        return "; ".join(" ".join(("frame-ancestors", *policy.directives["frame-ancestors"])) for policy in ruled)
    return ", ".join(options) if options else None


def _reason(page: Exchange, ruled: list[csp.Policy], options: tuple[str, ...]) -> str:
    if ruled:
        overridden = ", and switches X-Frame-Options off" if options else ""
        return f"any site may frame the page: frame-ancestors lets anybody in{overridden}"
    if options:
        return "any site may frame the page: browsers ignore this X-Frame-Options"
    metas = (csp.parse(text, csp.Delivery.META) for text in html.parse(page.text).policies())
    if any("frame-ancestors" in policy.void for policy in metas):
        return "any site may frame the page: frame-ancestors is void in a meta element"
    return "any site may frame the page: neither frame-ancestors nor X-Frame-Options"
