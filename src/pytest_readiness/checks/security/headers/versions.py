"""Whether answers tell which version of which software is behind them."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.checks.security.headers.pages import conclude, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.findings import Finding, Judgement
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers.banners import in_answer

FIXES = {
    "Server": "nginx: server_tokens off; Apache: ServerTokens Prod; elsewhere let the proxy replace the field",
    "X-Powered-By": "PHP: expose_php = Off; Express: app.disable('x-powered-by'); or let the proxy drop the field",
    "meta generator": "take the meta element out of the template",
    "page": "give the server an error page of your own",
}


@check("security/security-headers", severity="low", source="OWASP WSTG-INFO-02")
def no_version_banners(pages: Pages) -> Iterator[Judgement]:
    """No page, redirect or error page tells which version of which software is behind it.

    Read are Server, X-Powered-By, Via and the other fields that name software, the generator of a page, and, on error
    pages, the signature that servers put there. A name without a version is no finding.
    """
    yield from conclude(pages, on_each(pages.seen, _banners))


def _banners(page: Exchange) -> Iterator[Finding]:
    for banner in in_answer(page):
        yield Finding(
            f"{banner.place} names software with its version: {banner.text[:80]}",
            measured=banner.text,
            fix=FIXES.get(banner.place, f"take the field {banner.place} out of answers"),
            severity=Severity.LOW,
            source="OWASP WSTG-INFO-02",
        )
