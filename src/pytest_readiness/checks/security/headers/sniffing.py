"""Whether browsers keep to the declared content type."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.checks.security.headers.pages import answers, conclude, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.findings import Finding, Judgement
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers.content_type_options import nosniff, repeated

FIELD = "X-Content-Type-Options"
SOURCE = "Fetch, 3.7 (determine nosniff)"


@check("security/security-headers", severity="medium", source=SOURCE)
def content_type_options(pages: Pages) -> Iterator[Judgement]:
    """On every page browsers are told to keep to the declared content type (nosniff).

    All answers with content are read, whatever their type, since a JSON answer that is taken for HTML or a script is
    the danger. As in browsers, the first comma-separated value of the first line alone decides and its case does not
    matter. A value that comes twice, as when proxy and application both set it, works and is a low finding.
    """
    yield from conclude(pages, on_each(answers(pages), _shortcomings))


def _shortcomings(page: Exchange) -> Iterator[Finding]:
    lines = page.headers.all(FIELD)
    if not nosniff(lines):
        yield Finding(
            f"browsers ignore the {FIELD} field: its first value is not nosniff" if lines else f"no {FIELD}",
            measured=", ".join(lines) if lines else None,
            fix=f"send on every answer: {FIELD}: nosniff",
            source=SOURCE,
        )
    elif repeated(lines):
        yield Finding(
            f"{FIELD} has more than one value: only the first counts",
            measured=", ".join(lines),
            fix="let either the proxy or the application send it",
            severity=Severity.LOW,
            source=SOURCE,
        )
