"""Nothing private is public: no files left behind, no pages for insiders, and a way to report what is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Answer, Exchange, Exposed, Landing, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.pages import redirects, security_txt, stack_traces
from pytest_readiness.standards.pages.exposure import (
    DEBUG_PAGES,
    FILES,
    LISTING,
    Kind,
    Sight,
    Signature,
    is_source_map,
    sight,
)

ITEM = "security/exposure"
RFC9116 = "RFC 9116"


@check(ITEM, source="OWASP WSTG-CONF-04")
def files(exposed: Exposed) -> Iterator[Judgement]:
    """No repository, environment file, credential, key, dump, archive or source map lies open.

    Each path is asked for with a Range of 4 KiB, and what comes back is known by its content, never by its status:
    a site that answers every path with its start page serves none of these. Two random paths are asked first; content
    that they show too proves nothing. Source maps are those of the landing page's own scripts, six at most. What a
    finding shows is where and how much, never what stood in it.
    """
    findings: list[Judgement] = []
    unseen: list[str] = []
    for signature, answer in _pairs(FILES, exposed):
        match sight(signature, answer, exposed.controls):
            case Sight.SERVED:
                findings.append(_served(signature, answer))
            case Sight.UNDECIDED:
                unseen.append(signature.path)
    for answer in exposed.source_maps:
        if isinstance(answer, Silence):
            unseen.append(urlsplit(answer.url).path)
        elif answer.status in {200, 206} and is_source_map(answer.body):
            findings.append(
                Finding(
                    "a source map is served: the script's source, comments and all",
                    where=answer.url,
                    measured=_amount(answer),
                    fix="leave *.map files out of the deployment, or upload them to the error tracker only",
                    source="ECMA-426",
                )
            )
    yield from _judged(findings, unseen, exposed)


@check(ITEM, source="OWASP WSTG-ERRH-01, WSTG-CONF-05")
def debug(exposed: Exposed, landing: Landing) -> Iterator[Judgement]:
    """No debug page, stack trace, directory listing, admin tool or metrics endpoint answers strangers.

    Consoles, profilers, status pages and admin tools are asked for where frameworks put them and known by their
    content. Unknown paths and a few malformed requests show what error pages tell: traces, debug pages, paths of the
    server, words of its database. Nothing that makes a server work is asked for.
    """
    findings: list[Judgement] = []
    unseen: list[str] = []
    for signature, answer in _pairs(DEBUG_PAGES, exposed):
        match sight(signature, answer, exposed.controls):
            case Sight.SERVED:
                findings.append(_served(signature, answer))
            case Sight.UNDECIDED:
                unseen.append(signature.path)
    if LISTING.search(landing.answer.body):
        findings.append(
            Finding(
                "the URL shows a directory listing",
                where=landing.url,
                measured=_amount(landing.answer),
                fix="nginx: autoindex off;   Apache: Options -Indexes",
            )
        )
    findings += _revealed(exposed)
    if all(isinstance(answer, Silence) for answer in (*exposed.controls, *exposed.errors)):
        unseen.append("the error pages")
    yield from _judged(findings, unseen, exposed)


@check(ITEM, severity="low", name="security-txt", source=RFC9116)
def says_whom_to_tell(exposed: Exposed, now: datetime) -> Iterator[Judgement]:
    """security.txt says whom to tell about a vulnerability, and has not expired.

    It is read at /.well-known/security.txt over HTTPS. Contact must be there, Expires exactly once, in the future and,
    as the RFC recommends, less than a year ahead.
    """
    answer = exposed.security_txt
    if isinstance(answer, Silence):
        raise Unverified(f"{security_txt.PATH} could not be read: {answer}")
    if redirects.leaves(answer):
        raise Unverified(
            f"{security_txt.PATH} redirects to another host, {redirects.destination(answer)}, which was not asked",
            fix=f"serve a copy at {answer.url}",
        )
    told = security_txt.parse(answer.text)
    if answer.status != 200 or answer.is_html or not told.fields:
        yield Finding(
            "there is no security.txt",
            where=answer.url,
            measured=f"{answer.status}",
            fix=f"serve at {security_txt.PATH}: Contact: mailto:security@… and Expires: a date less than a year ahead",
            source=RFC9116,
        )
        return
    if not told.all("contact"):
        yield Finding("security.txt names no Contact", where=answer.url, fix="add Contact: mailto:…", source=RFC9116)
    yield from _expiry(told, answer.url, now)
    if (answer.headers.first("Content-Type") or "").partition(";")[0].strip().lower() != "text/plain":
        yield Finding(
            "security.txt is not sent as text/plain",
            where=answer.url,
            measured=answer.headers.first("Content-Type"),
            fix="send Content-Type: text/plain; charset=utf-8",
            source="RFC 9116, 3",
        )


def _pairs(signatures: tuple[Signature, ...], exposed: Exposed) -> Iterator[tuple[Signature, Answer]]:
    """Yield each signature with the answer for its path; a path that was not asked for is an answer too few."""
    answers = {urlsplit(answer.url).path: answer for answer in exposed.answers}
    for signature in signatures:
        if signature.path not in answers:
            raise Unverified(f"{signature.path} was not asked for")
        yield signature, answers[signature.path]


def _served(signature: Signature, answer: Answer) -> Finding:
    fix = (
        "serve the public folder only; nginx: location ~ /\\. { deny all; }"
        if signature.kind is Kind.FILE
        else "nginx: autoindex off;   Apache: Options -Indexes"
        if signature.pattern is LISTING
        else f"switch it off, or let only the inner network reach {signature.path}"
    )
    if signature.severity is Severity.CRITICAL and signature.kind is Kind.FILE:
        fix += "; change every secret that stood in it"
    return Finding(
        f"{signature.what} is served",
        where=answer.url,
        measured=_amount(answer) if isinstance(answer, Exchange) else None,
        fix=fix,
        severity=signature.severity,
    )


def _amount(answer: Exchange) -> str:
    more = "more than " if answer.truncated else ""
    kind = answer.headers.first("Content-Type")
    return f"{answer.status}, {more}{len(answer.body)} bytes" + (f" of {kind}" if kind else "")


def _revealed(exposed: Exposed) -> Iterator[Finding]:
    """Yield what error pages tell, each thing once."""
    seen: set[str] = set()
    for answer in (*exposed.controls, *exposed.errors):
        for revelation in stack_traces.revelations(answer.text) if isinstance(answer, Exchange) else ():
            if revelation.what not in seen:
                seen.add(revelation.what)
                yield Finding(
                    f"an error page shows {revelation.what}",
                    where=answer.url,
                    measured=revelation.excerpt,
                    fix="switch debug mode off and serve error pages of your own; keep the trace for the log",
                    severity=Severity.HIGH,
                )


def _judged(findings: list[Judgement], unseen: list[str], exposed: Exposed) -> Iterator[Judgement]:
    """Yield the findings; where there are none, but paths of which nothing is known, that is no pass."""
    if unseen and not findings:
        raise Unverified(
            f"nothing is known about {len(unseen)} paths ({_some(unseen)}): no answer, a refusal to answer now, "
            "or one that random paths give too",
            fix="let the run through the firewall or rate limit, or lower budget = { requests_per_second = … }",
        )
    yield Measure("paths", len(exposed.answers))
    yield from findings


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _expiry(told: security_txt.SecurityTxt, url: str, now: datetime) -> Iterator[Judgement]:
    lines = told.all("expires")
    moment = security_txt.moment(lines[0]) if len(lines) == 1 else None
    if moment is not None:
        yield Measure("security_txt_days_left", (moment - now).days)
    if problem := _expiry_problem(lines, moment, now):
        yield Finding(
            f"security.txt {problem}",
            where=url,
            measured=", ".join(lines) or None,
            fix="Expires: a date less than a year ahead, as 2027-01-31T00:00:00Z",
            source="RFC 9116, 2.5.5",
        )


def _expiry_problem(lines: tuple[str, ...], moment: datetime | None, now: datetime) -> str:
    if not lines:
        return "has no Expires"
    if len(lines) > 1:
        return "has Expires more than once"
    if moment is None:
        return "has an Expires that is no date"
    if moment <= now:
        return f"expired {(now - moment).days} days ago"
    return "expires more than a year ahead" if moment - now > security_txt.LONGEST else ""
