"""Health answers in the forms that frameworks give them: what they say, and about what.

Read are the draft ``application/health+json`` (draft-inadarei-api-health-check-06), Spring Boot's actuator, NestJS's
terminus, ASP.NET's and Django's health checks, flat objects (``{"database": "ok"}``) and lists of named checks, and the
plain text of Kubernetes' ``/readyz?verbose``. The HTTP status decides whether a service is well; the body says which
of the things it depends on were looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

DEPTH = 8
"""How deep an answer is read; Spring nests three levels."""

COMPONENTS = 500
"""How many components of an answer are read."""


class Verdict(StrEnum):
    """What a health answer says of the service or of a part."""

    WELL = "well"
    ILL = "ill"


_WORDS = {
    **dict.fromkeys(
        ("pass", "ok", "okay", "up", "healthy", "alive", "ready", "working", "warn", "degraded", "success", "good",
         "available", "connected", "online", "running", "serving", "true", "green", "yellow", "passing"),
        Verdict.WELL,
    ),
    **dict.fromkeys(
        ("fail", "failed", "failure", "failing", "error", "down", "unhealthy", "out_of_service", "unavailable",
         "disconnected", "offline", "critical", "not_ready", "notready", "not ready", "not_serving", "false", "red",
         "timeout"),
        Verdict.ILL,
    ),
}  # fmt: skip
_STATUS_KEYS = ("status", "state", "health", "healthy", "ok", "result", "success", "up", "ready", "alive")
_NAME_KEYS = ("name", "component", "componentId", "service", "id", "check")

_KINDS = {
    "database": "db database databases postgres postgresql pg psql mysql mariadb sqlite sql mssql oracle mongo mongodb"
    " rds dynamodb cassandra cockroach cockroachdb datasource datastore jdbc migrations etcd neo4j",
    "cache": "cache caches redis valkey memcached memcache hazelcast",
    "disk": "disk diskspace storage filesystem fs volume s3 minio blob bucket gcs",
    "queue": "queue queues broker rabbit rabbitmq kafka celery sqs nats amqp jms pubsub worker workers",
    "search": "elasticsearch elastic opensearch search solr meilisearch",
    "mail": "smtp mail email mailer",
    "service": "api upstream service gateway ldap vault keycloak stripe payment payments dns http grpc",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_PLAIN = re.compile(r"^\[([+-])\]\s*([\w./:-]{1,120})(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Component:
    """A part that a health answer speaks of.

    Attributes:
        name: What the answer calls it.
        verdict: How it is.
        kind: ``database``, ``cache``, ``disk``, ``queue``, ``search``, ``mail`` or ``service``; empty where the name
            tells none: a component that only says that the process itself lives is no dependency.
    """

    name: str
    verdict: Verdict
    kind: str


@dataclass(frozen=True, slots=True)
class Report:
    """A health answer.

    Attributes:
        verdict: How the service says that it is as a whole; None where the body does not say.
        components: The parts it speaks of.
    """

    verdict: Verdict | None
    components: tuple[Component, ...]

    @property
    def dependencies(self) -> tuple[Component, ...]:
        """The parts that lie outside the process."""
        return tuple(component for component in self.components if component.kind)


def parse(body: str) -> Report:
    """Read a health answer; anything can be read."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return _plain(body)
    if isinstance(document, str):
        return Report(_verdict(document), ())
    return Report(_own_verdict(document), tuple(_limited(_components(document, "", DEPTH))))


def kind_of(name: str) -> str:
    """Return the kind of dependency that a component's name tells, or an empty string."""
    words = [word.lower() for word in _WORD.findall(name)]
    return next((_KIND_OF[word] for word in (*words, "".join(words)) if word in _KIND_OF), "")


def _plain(body: str) -> Report:
    components = tuple(
        _component(name, Verdict.WELL if sign == "+" else Verdict.ILL) for sign, name, _ in _PLAIN.findall(body)
    )
    first, last = body.strip().partition("\n")[0], body.strip().rpartition("\n")[2]
    if components:
        ill = any(component.verdict is Verdict.ILL for component in components)
        return Report(Verdict.ILL if ill or "failed" in last else Verdict.WELL, components[:COMPONENTS])
    return Report(_verdict(first), ())


def _limited(components: Iterator[Component]) -> Iterator[Component]:
    seen: set[tuple[str, Verdict]] = set()
    for component in components:
        if (component.name, component.verdict) not in seen:
            seen.add((component.name, component.verdict))
            yield component
        if len(seen) >= COMPONENTS:
            return


def _components(value: Any, name: str, depth: int) -> Iterator[Component]:
    """Yield the parts in ``value``, which stands under the key ``name``."""
    if depth == 0:
        return
    if isinstance(value, Mapping):
        name = name and (_given_name(value) or name)  # the answer as a whole is no part of itself
        if name and (own := _own_verdict(value)) is not None:
            yield _component(name, own)
        for key, part in value.items():
            if key in _STATUS_KEYS or key in _NAME_KEYS:
                continue
            if isinstance(part, str | bool):
                if (verdict := _verdict(part)) is not None:
                    yield _component(key, verdict)
            else:
                yield from _components(part, key, depth - 1)
    elif isinstance(value, list):
        for part in value:
            yield from _components(part, name or "unnamed", depth - 1)


def _given_name(value: Mapping[str, Any]) -> str:
    return next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), "")


def _own_verdict(value: Any) -> Verdict | None:
    if not isinstance(value, Mapping):
        return _verdict(value) if isinstance(value, bool) else None
    spoken = (_verdict(value[key]) for key in _STATUS_KEYS if key in value)
    return next((verdict for verdict in spoken if verdict is not None), None)


def _verdict(value: Any) -> Verdict | None:
    if isinstance(value, bool):
        return Verdict.WELL if value else Verdict.ILL
    return _WORDS.get(value.strip().rstrip(".!").lower()) if isinstance(value, str) else None


def _component(name: str, verdict: Verdict) -> Component:
    return Component(name, verdict, kind_of(name))
