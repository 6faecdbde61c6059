"""What a public answer must not say about what stands behind it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something that only insiders should know.

    Attributes:
        what: What it is.
        shown: What it is known by, secrets left out.
    """

    what: str
    shown: str


_CONNECTION = re.compile(
    r"\b([a-z][a-z0-9+.-]{1,30})://([^\s/:@\"'<>]{0,100}):([^\s/@\"'<>]{1,200})@[\w.-]", re.IGNORECASE
)
_PASSWORD = re.compile(r"\b(password|passwd|pwd|secret|api_?key)\b[\"']?\s*[=:]\s*[\"']?[^\s\"',;}{]{3}", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.]*\d)")
_INTERNAL = re.compile(
    r"(?<![\w.-])((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:internal|local|lan|intra|corp|svc)"
    r"(?:\.cluster\.local)?)(?![\w-])"
    r"|(?<![\w.-])([a-z][\w.-]{0,80}:(?:1433|1521|3306|5432|5672|6379|9042|9092|9200|11211|27017))(?!\d)",
    re.IGNORECASE,
)
_PRODUCTS = "|".join(
    (
        *("nginx", "apache", "openresty", "caddy", "tomcat", "jetty", "gunicorn", "uvicorn", "php", "python", "ruby"),
        *("node", r"node\.?js", "java", "openjdk", "go", "golang", "django", "flask", "fastapi", "rails", "laravel"),
        *("express", "spring", "spring[ -]boot", "postgres", "postgresql", "mysql", "mariadb", "sqlite", "redis"),
        *("valkey", "mongo", "mongodb", "memcached", "rabbitmq", "kafka", "elasticsearch", "opensearch"),
        *("kubernetes", "docker", "linux", "ubuntu", "debian", "alpine"),
    )
)
_VERSION = re.compile(
    rf"\b((?:{_PRODUCTS})(?:[ _-]?(?:server|version|ver))?[\"']?[ \t]*[:=/ v]{{1,4}}[\"']?v?"
    r"\d{1,4}\.\d[\w.+-]{0,30})",
    re.IGNORECASE,
)


def disclosures(text: str) -> Iterator[Disclosure]:
    """Yield what ``text`` discloses, one of a kind: credentials, private addresses, inner names, versions."""
    if found := _CONNECTION.search(text):
        yield Disclosure("a connection string with a password", f"{found[1]}://…")
    elif found := _PASSWORD.search(text):
        yield Disclosure("a password", f"{found[1]}=…")
    if address := next(filter(_is_private, _ADDRESS.findall(text)), None):
        yield Disclosure("a private address", address)
    if found := _INTERNAL.search(text):
        yield Disclosure("a name of the inner network", found[1] or found[2])
    if found := _VERSION.search(text):
        yield Disclosure("the version of a product", " ".join(found[1].split()))


def _is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
