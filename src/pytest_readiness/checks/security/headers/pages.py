"""Judging several pages by one rule: which of them it concerns, and saying once what is the same on several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.http import Exchange, Pages
from pytest_readiness.model.scales import Severity

_NAMED = 3  # pages, or things measured, that a finding names before it counts


def answers(pages: Pages) -> tuple[Exchange, ...]:
    """Return the answers whose content a browser uses: all but redirects and answers without content.

    Raises:
        NotApplicable: There is none.
        Unverified: No page was looked at.
    """
    if not pages.seen and not pages.silent:
        raise Unverified("no page was looked at")
    used = tuple(page for page in pages.seen if not _redirects(page) and page.status not in {204, 205, 304})
    if not used and not pages.silent:
        raise NotApplicable("every page redirects or is empty")
    return used


def documents(pages: Pages) -> tuple[Exchange, ...]:
    """Return the answers that a browser renders as HTML.

    Raises:
        NotApplicable: There is none.
    """
    rendered = tuple(page for page in answers(pages) if page.is_html)
    if not rendered and not pages.silent:
        raise NotApplicable("no page looked at is an HTML document")
    return rendered


def on_each(seen: Iterable[Exchange], judge: Callable[[Exchange], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what ``judge`` finds on each page, with its URL."""
    for page in seen:
        for finding in judge(page):
            yield replace(finding, where=finding.where or page.url)


def merged(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, those that differ in place and measurement alone as one that names them."""
    alike: dict[Finding, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(replace(finding, where="", measured=None), []).append(finding)
    for group in alike.values():
        seen = [finding.measured for finding in group if finding.measured is not None]
        where = _first_few([finding.where for finding in group], ", ")
        yield replace(group[0], where=where, measured=_first_few(seen, " | ") if seen else None)


def _first_few(words: Iterable[str], separator: str) -> str:
    distinct = list(dict.fromkeys(words))
    more = len(distinct) - _NAMED
    return separator.join(distinct[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def conclude(pages: Pages, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of all pages, merged, or say that they are not all that there is to know.

    Raises:
        Unverified: A page was silent, and what the others show would not have failed.
    """
    told = list(merged(findings))
    if not pages.seen and not pages.silent:
        raise Unverified("no page was looked at")
    if pages.silent and not any(finding.severity is None or finding.severity > Severity.LOW for finding in told):
        silence = pages.silent[0]
        raise Unverified(
            f"{silence.url} did not answer: {silence}", fix="make the page answer, or take it out of the target's pages"
        )
    yield from told


def _redirects(page: Exchange) -> bool:
    return page.status in {301, 302, 303, 307, 308} and "Location" in page.headers
