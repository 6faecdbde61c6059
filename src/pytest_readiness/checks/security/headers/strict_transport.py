"""Whether browsers come back over HTTPS only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import NotApplicable
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Landing
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.standards.headers import hsts as strict_transport_security

FIELD = "Strict-Transport-Security"
FIX = f"send on every answer: {FIELD}: max-age=31536000; includeSubDomains"
PRELOAD = "https://hstspreload.org/#submission-requirements"


@check("security/security-headers", thresholds=("hsts_max_age",), source="RFC 6797")
def hsts(landing: Landing, target: Target, thresholds: Thresholds) -> Iterator[Judgement]:
    """Browsers are told to come back over HTTPS only, names below the host included, for half a year or more.

    The answer to GET on the target's URL is read, since browsers keep the promise for the host and not for the page.
    As in browsers, only the first Strict-Transport-Security line counts, and only over HTTPS; a max-age that is not
    all digits, or a directive given twice, voids it; max-age=0 makes browsers forget the host. Whether the preload
    list would take the site is told as a figure and is no failure, since a place on it is hard to undo; a preload
    directive that the list would refuse is a low finding.
    """
    if not strict_transport_security.rememberable(target.host):
        raise NotApplicable(f"browsers keep no such promise for an address: {target.host}")
    lines = landing.headers.all(FIELD)
    if not landing.url.lower().startswith("https:"):
        yield Finding("the page is served over plain HTTP, where browsers ignore Strict-Transport-Security",
                      where=landing.url, fix="serve it over HTTPS", source="RFC 6797, 8.1")  # fmt: skip
        return
    promise = strict_transport_security.effective(lines)
    if promise is None:
        summary = "browsers ignore the Strict-Transport-Security field" if lines else f"no {FIELD}"
        yield Finding(summary, where=landing.url, measured=lines[0] if lines else None, fix=FIX, source="RFC 6797, 6.1")
        return
    yield Measure("max_age_days", promise.max_age.total_seconds() / 86400)
    yield Measure("include_subdomains", promise.include_subdomains)
    yield Measure("preload_eligible", promise.preloadable)
    for finding in _shortcomings(promise, thresholds.hsts_max_age):
        yield Finding(
            finding.summary,
            where=landing.url,
            measured=lines[0],
            fix=finding.fix or FIX,
            severity=finding.severity,
            source=finding.source or "RFC 6797, 6.1",
        )
    if len(lines) > 1:
        yield Finding(
            "sent more than once: browsers read the first line only",
            where=landing.url,
            measured=" | ".join(lines),
            fix="let either the proxy or the application send it",
            severity=Severity.LOW,
            source="RFC 6797, 8.1",
        )


def _shortcomings(promise: strict_transport_security.Promise, wanted: timedelta) -> Iterator[Finding]:
    if not promise.max_age:
        yield Finding("max-age=0 makes browsers forget that the host wants HTTPS", source="RFC 6797, 6.1.1")
        return
    if promise.max_age < wanted:
        yield Finding(f"remembered for {_span(promise.max_age)}, wanted {_span(wanted)}")
    if not promise.include_subdomains:
        yield Finding(
            "names below the host are left out: no includeSubDomains",
            severity=Severity.MEDIUM,
            source="RFC 6797, 6.1.2",
        )
    if promise.preload and not promise.preloadable:
        yield Finding(
            "asks for preloading, but the list would refuse it: it wants a year and includeSubDomains",
            fix=f"send: {FIELD}: max-age=31536000; includeSubDomains; preload, or leave preload out",
            severity=Severity.LOW,
            source=PRELOAD,
        )


def _span(duration: timedelta) -> str:
    return f"{duration.days} days" if duration.days else f"{int(duration.total_seconds())} seconds"
