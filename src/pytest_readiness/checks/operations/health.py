"""The health endpoints tell the truth, fast and to nobody's advantage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Answer, Exchange, Health, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.standards.pages import disclosures, health_json, redirects, stack_traces
from pytest_readiness.standards.pages.health_json import Verdict

ITEM = "operations/health-check"
PROBES = "Kubernetes: Configure Liveness, Readiness and Startup Probes"
DRAFT = "draft-inadarei-api-health-check-06"

_CACHE_HIT = re.compile(r"\bhit\b", re.IGNORECASE)


@check(ITEM, thresholds=["health_response"], source=PROBES)
def liveness(health: Health, target: Target, thresholds: Thresholds) -> Iterator[Judgement]:
    """The liveness path answers 2xx, fast, and for itself.

    One GET. An answer that an unknown path beside it gives too comes from a catch-all and says nothing about the
    service. A body that says that the service is ill under a status that says it is well misleads whoever only reads
    the status, as load balancers do.
    """
    answer = _configured(health.liveness, target, "liveness", "/health")
    yield from _answers(answer, health.unknown, thresholds, "liveness")
    if isinstance(answer, Exchange):
        yield from _leaks(answer)


@check(ITEM, thresholds=["health_response"], source=PROBES)
def readiness(health: Health, target: Target, thresholds: Thresholds) -> Iterator[Judgement]:
    """The readiness path looks at what the service depends on, answers fast and uncached, and gives nothing away.

    One GET. The body must name at least one dependency that was looked at (database, cache, disk, queue, ...), in any
    of the forms that frameworks use: application/health+json, Spring Boot, NestJS, ASP.NET, Django, flat JSON,
    Kubernetes' plain text. No cache may keep the answer. Versions of products, inner names and addresses, connection
    strings and traces are for insiders. That readiness fails when a dependency does, only breaking one can show.
    """
    answer = _configured(health.readiness, target, "readiness", "/health/ready")
    yield from _answers(answer, health.unknown, thresholds, "readiness")
    if not isinstance(answer, Exchange):
        return
    report = health_json.parse(answer.text)
    kinds = sorted({part.kind for part in report.dependencies})
    yield Measure("dependencies", ", ".join(kinds))
    if not kinds and _is_success(answer):
        yield Finding(
            "readiness names nothing that the service depends on",
            where=answer.url,
            measured=_outline(answer),
            fix='ask the database, the cache and the disk, and say so: {"status": "pass", "checks": {"database": …}}',
            source=DRAFT,
        )
    yield from _cached(answer)
    yield from _leaks(answer)


@check(ITEM, severity="high", name="catch-all")
def unknown_paths_are_not_found(health: Health) -> Iterator[Judgement]:
    """An unknown path beside the health endpoints is not answered with success.

    One GET of a random path in the folder of the readiness path. Where everything answers 200, so does a health check
    that was renamed, and monitors stay green over a service that is gone.
    """
    answer = health.unknown
    if isinstance(answer, Silence):
        raise Unverified(f"an unknown path could not be asked for: {answer}")
    yield Measure("unknown_path_status", answer.status)
    if _is_success(answer):
        yield Finding(
            f"an unknown path answers {answer.status}",
            where=answer.url,
            measured=_outline(answer),
            fix="answer 404 for paths below the health endpoints that do not exist, the single-page fallback aside",
        )
    elif answer.status >= 500:
        yield Finding(
            f"an unknown path answers {answer.status}",
            where=answer.url,
            measured=f"{answer.status}",
            fix="answer 404 for paths that do not exist",
            severity=Severity.MEDIUM,
        )
    elif away := redirects.destination(answer):
        yield Finding(
            "an unknown path redirects: a monitor that follows sees success",
            where=answer.url,
            measured=f"{answer.status}, Location: {away}",
            fix="answer 404 for paths that do not exist",
            severity=Severity.LOW,
        )


def _configured(answer: Answer | None, target: Target, endpoint: str, example: str) -> Answer:
    if answer is None:
        raise Unverified(
            f"no {endpoint} path is configured", fix=f'[targets.{target.name}.health]\n{endpoint} = "{example}"'
        )
    return answer


def _answers(answer: Answer, unknown: Answer, thresholds: Thresholds, endpoint: str) -> Iterator[Judgement]:
    """Judge what both endpoints have in common: success, in time, of their own."""
    if isinstance(answer, Silence):
        yield Finding(
            f"{endpoint} does not answer: {answer}",
            where=answer.url,
            fix=f"let {answer.url} answer 200, or configure the path that does",
            source=PROBES,
        )
        return
    limit = thresholds.health_response.total_seconds()
    yield Measure(f"{endpoint}_seconds", round(answer.elapsed, 3))
    if not _is_success(answer):
        away = redirects.destination(answer)
        yield Finding(
            f"{endpoint} answers {answer.status}",
            where=answer.url,
            measured=f"Location: {away}" if away else _outline(answer),
            fix="mend what it complains about" if answer.status >= 500 else "answer 200 at the configured path itself",
            source=PROBES,
        )
    elif _is_catch_all(answer, unknown):
        yield Finding(
            f"{endpoint} is answered by a catch-all: a path that nobody knows gets the same",
            where=answer.url,
            measured=_outline(answer),
            fix=f"route {answer.url} to the service, or configure the path that is",
        )
    else:
        yield from _contradictions(answer, endpoint)
    if answer.elapsed > limit:
        yield Finding(
            f"{endpoint} took {answer.elapsed:.1f} s",
            where=answer.url,
            measured=f"more than {limit:g} s",
            fix="give each dependency a short timeout, and look at them side by side",
            source=PROBES,
        )


def _contradictions(answer: Exchange, endpoint: str) -> Iterator[Judgement]:
    report = health_json.parse(answer.text)
    ill = [part.name for part in report.dependencies if part.verdict is Verdict.ILL]
    if report.verdict is Verdict.ILL or ill:
        yield Finding(
            f"{endpoint} answers {answer.status} while its body says that "
            + (f"{', '.join(ill)} is down" if ill else "the service is down"),
            where=answer.url,
            measured=_outline(answer),
            fix="answer 503 when something that the service cannot do without is down",
            source=DRAFT,
        )


def _cached(answer: Exchange) -> Iterator[Judgement]:
    age = answer.headers.first("Age") or "0"
    hit = next((v for n in ("Cache-Status", "X-Cache", "X-Cache-Status", "CF-Cache-Status")
                for v in answer.headers.all(n) if _CACHE_HIT.search(v)), None)  # fmt: skip
    if hit or (age.isdigit() and int(age) > 0):
        yield Finding(
            "readiness was answered by a cache",
            where=answer.url,
            measured=hit or f"Age: {age}",
            fix="send Cache-Control: no-store, and let the cache pass the path through",
            source="RFC 9111, 5.2.2.5",
        )
        return
    control = answer.headers.joined("Cache-Control")
    if not control or not {"no-store", "no-cache", "max-age=0"} & set(re.split(r"[\s,]+", control.lower())):
        yield Finding(
            "caches may keep the answer of readiness",
            where=answer.url,
            measured=f"Cache-Control: {control}" if control else "no Cache-Control",
            fix="send Cache-Control: no-store",
            # Without a lifetime, caches keep it by guesswork only where they choose to: RFC 9111, 4.2.2.
            severity=None if control and "max-age" in control.lower() else Severity.LOW,
            source="RFC 9111, 5.2.2.5",
        )


def _leaks(answer: Exchange) -> Iterator[Judgement]:
    for disclosure in disclosures.disclosures(answer.text):
        yield Finding(
            f"a health answer shows {disclosure.what}",
            where=answer.url,
            measured=disclosure.shown,
            fix="say to strangers that it is well or not; keep the details for the log",
            severity=Severity.CRITICAL if "password" in disclosure.what else Severity.MEDIUM,
        )
    for revelation in stack_traces.revelations(answer.text):
        yield Finding(
            f"a health answer shows {revelation.what}",
            where=answer.url,
            measured=revelation.excerpt,
            fix="say to strangers that it is well or not; keep the trace for the log",
            severity=Severity.HIGH,
        )


def _is_success(answer: Exchange) -> bool:
    return 200 <= answer.status < 300


def _is_catch_all(answer: Exchange, unknown: Answer) -> bool:
    return isinstance(unknown, Exchange) and _is_success(unknown) and unknown.body == answer.body


def _outline(answer: Exchange) -> str:
    """Return the status and the media type; the body may say what a report must not repeat."""
    return f"{answer.status}, {len(answer.body)} bytes of {answer.headers.first('Content-Type') or 'no media type'}"
