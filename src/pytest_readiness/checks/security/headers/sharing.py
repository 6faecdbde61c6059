"""Whether other sites can read what the service answers, or reach into its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pytest_readiness.checks.security.headers.pages import conclude, documents, on_each
from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Answer, CrossOrigin, Exchange, Pages, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers import cross_origin_isolation as isolation
from pytest_readiness.standards.headers.cors import preflight_allows, shares_with

FIX = "answer with Access-Control-Allow-Origin only for origins on a list of your own, compared whole"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
CHECK = "Fetch, 4.10 (CORS check)"


@check("security/security-headers", source="Fetch, 4.9 and 4.10")
def cors(cross_origin: CrossOrigin) -> Iterator[Judgement]:
    """No foreign site may read answers with its visitor's cookies, by a plain request, as origin null or by preflight.

    A GET that names a foreign origin, one that names the origin null (any sandboxed frame has it) and a preflight for
    PUT are judged as browsers judge them: origins byte for byte, credentials only where the field says true in lower
    case, never with a wildcard. Letting a foreign origin read with credentials is as bad as the check. Without
    credentials, a reflected origin or null is low: what is public is better shared by a plain *, which is no finding.
    A field that browsers refuse, several origins in one say, is low too: it does not what it was meant to.
    """
    asked = ((cross_origin.simple, cross_origin.origin), (cross_origin.null, "null"))
    findings = [finding for answer, origin in asked for finding in _plain(answer, origin)]
    findings += _preflight(cross_origin.preflight, cross_origin.origin)
    silent = [a for a in (cross_origin.simple, cross_origin.null, cross_origin.preflight) if isinstance(a, Silence)]
    if silent and not any(finding.severity is None for finding in findings):
        raise Unverified(f"no answer to {silent[0].method} {silent[0].url} with a foreign Origin: {silent[0]}")
    if isinstance(cross_origin.simple, Exchange):
        yield Measure("readable_by_any_site", _readable(cross_origin.simple, cross_origin.origin))
    yield from findings


def _readable(answer: Exchange, origin: str) -> bool:
    return shares_with(answer.headers, origin, credentials=False)


def _plain(answer: Answer, origin: str) -> Iterator[Finding]:
    if isinstance(answer, Silence):
        return
    allowed = answer.headers.all(ALLOW_ORIGIN)
    measured = _shown(answer)
    whose = "any sandboxed frame (origin null)" if origin == "null" else "any site"
    if shares_with(answer.headers, origin, credentials=True):
        yield Finding(f"{whose} may read answers with the visitor's cookies", answer.url, measured, FIX, source=CHECK)
    elif allowed == ("*",):
        if "Access-Control-Allow-Credentials" in answer.headers:
            yield _low(
                "browsers refuse credentials with a wildcard", answer, "leave Access-Control-Allow-Credentials out"
            )
    elif _readable(answer, origin):
        yield _low(
            f"{whose} may read answers without cookies: the origin is copied from the request",
            answer,
            f"send {ALLOW_ORIGIN}: * where everybody may read, or keep a list of origins",
        )
    elif any(mark in ", ".join(allowed) for mark in (",", " ")) or (allowed and "*" in allowed[0]):
        yield _low(f"browsers refuse this {ALLOW_ORIGIN}: it takes one origin or *", answer, FIX)


def _low(summary: str, answer: Exchange, fix: str) -> Finding:
    return Finding(summary, answer.url, _shown(answer), fix, Severity.LOW, CHECK)


def _preflight(answer: Answer, origin: str) -> Iterator[Finding]:
    if isinstance(answer, Silence) or not preflight_allows(answer, origin, "PUT", credentials=True):
        return
    yield Finding(
        "any site may send PUT requests with the visitor's cookies",
        where=answer.url,
        measured=_shown(answer),
        fix=FIX,
        source="Fetch, 4.8 (CORS preflight)",
    )


def _shown(answer: Exchange) -> str:
    fields = (field for field in answer.headers if field[0].lower().startswith("access-control-allow-"))
    return "; ".join(f"{name}: {value}" for name, value in fields)


@check("security/security-headers", severity="low", source="HTML, 7.1 (COOP, COEP); Fetch, 3.7 (CORP)")
def cross_origin_isolation(pages: Pages) -> Iterator[Judgement]:
    """No HTML page shares its window with the sites that open it, and no isolation field says what browsers ignore.

    Cross-Origin-Opener-Policy must be a token that isolates; sent twice, misspelled or quoted it is ignored. Embedder
    and resource policies are judged only where they are sent, since a page that needs no shared memory can do without:
    a value that browsers ignore is a finding. Whether a page is isolated whole is told as a figure.
    """
    rendered = documents(pages)
    if rendered:
        yield Measure("isolated_pages", sum(_isolated(page) for page in rendered))
    yield from conclude(pages, on_each(rendered, _isolation))


def _isolated(page: Exchange) -> bool:
    opener = isolation.opener_policy(page.headers.all("Cross-Origin-Opener-Policy"))
    embedder = isolation.embedder_policy(page.headers.all("Cross-Origin-Embedder-Policy"))
    return opener == "same-origin" and embedder != isolation.UNSAFE_NONE


def _isolation(page: Exchange) -> Iterator[Finding]:
    name = "Cross-Origin-Opener-Policy"
    lines = page.headers.all(name)
    fix = f"send once: {name}: same-origin (same-origin-allow-popups where pages open payment or login windows)"
    if not lines:
        yield _isolation_finding(f"no {name}: a site that opens the page keeps hold of its window", lines, fix)
    elif isolation.opener_policy(lines) == isolation.UNSAFE_NONE:
        deliberate = _says(lines, isolation.UNSAFE_NONE)
        yield _isolation_finding(f"{name} is unsafe-none" if deliberate else f"browsers ignore this {name}", lines, fix)
    parsers: dict[str, tuple[Callable[[Sequence[str]], str | None], str]] = {
        "Cross-Origin-Embedder-Policy": (isolation.embedder_policy, isolation.UNSAFE_NONE),
        "Cross-Origin-Resource-Policy": (isolation.resource_policy, ""),
    }
    for field, (read, off) in parsers.items():
        lines = page.headers.all(field)
        if lines and read(lines) in {None, isolation.UNSAFE_NONE} and not _says(lines, off):
            yield _isolation_finding(f"browsers ignore this {field}", lines, f"send {field} once, as a bare word")


def _says(lines: Sequence[str], word: str) -> bool:
    return len(lines) == 1 and lines[0].partition(";")[0].strip() == word


def _isolation_finding(summary: str, lines: Sequence[str], fix: str) -> Finding:
    return Finding(summary, "", ", ".join(lines) or None, fix, Severity.LOW, "HTML, 7.1.3; Fetch, 3.7")
