"""Whether other sites' scripts and stylesheets are pinned."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.checks.security.headers.pages import conclude, documents, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.pages import html, urls
from pytest_readiness.standards.pages.sites import related
from pytest_readiness.standards.pages.subresource_integrity import Integrity, integrity

FIX = 'add integrity="sha384-…" crossorigin="anonymous" to the element, or serve the file from your own origin'
SOURCE = "W3C Subresource Integrity, 3"


@check("security/security-headers", severity="medium", source=SOURCE)
def subresource_integrity(pages: Pages) -> Iterator[Judgement]:
    """Scripts and stylesheets that HTML pages load from other origins are pinned by their hash.

    What stands in the document is judged, not what scripts load later. An integrity attribute without a hash that
    browsers know checks nothing; one without crossorigin makes them refuse the file. A script over plain HTTP is high,
    one from another owner's host medium; a stylesheet is low, since it runs no code and font services answer each
    browser differently; and so is anything from a host that shares the page's registered domain.
    """
    rendered = documents(pages)
    foreign = {url for page in rendered for _, url in _foreign(page)}
    findings = list(conclude(pages, on_each(rendered, _unpinned)))
    unread = next((page for page in rendered if page.truncated or page.undecoded), None)
    if unread is not None and not any(f.severity != Severity.LOW for f in findings):
        raise Unverified(f"{unread.url} could be read in part only")
    yield Measure("foreign_scripts_and_stylesheets", len(foreign))
    yield from findings


def _foreign(page: Exchange) -> Iterator[tuple[html.Load, str]]:
    """Yield the scripts and stylesheets of other origins, each with its absolute URL."""
    document = html.parse(page.text)
    own = urls.origin(page.url)
    for load in document.loads:
        if load.kind not in {html.Kind.SCRIPT, html.Kind.STYLESHEET} or load.tag not in {"script", "link"}:
            continue
        url = document.absolute(load, page.url) or ""
        origin = urls.origin(url)
        if origin is not None and origin != own:
            yield load, url


def _unpinned(page: Exchange) -> Iterator[Finding]:
    own = urls.origin(page.url)
    for load, url in _foreign(page):
        state = integrity(load)
        origin = urls.origin(url)
        if state is Integrity.CHECKED or origin is None:
            continue
        yield Finding(
            f"{'script' if load.kind is html.Kind.SCRIPT else 'stylesheet'} from {origin}: {state}",
            measured=url,
            fix=FIX,
            severity=_severity(load, origin, own),
            source=SOURCE,
        )


def _severity(load: html.Load, origin: urls.Origin, own: urls.Origin | None) -> Severity | None:
    if integrity(load) is Integrity.BLOCKED:
        return None
    if load.kind is html.Kind.STYLESHEET or (own is not None and related(origin.host, own.host)):
        return Severity.LOW
    return Severity.HIGH if origin.scheme == "http" else None
