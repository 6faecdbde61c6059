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
_NUMBER = r"v?\d{1,4}(?:\.\d{1,6})++(?!\s?(?:ns|us|µs|ms|s|%|[kmgt]i?b)\b)[\w.+-]{0,30}"
_VERSION = re.compile(
    rf"\b((?:{_PRODUCTS})(?:"
    rf"(?:/|[ ]v?){_NUMBER}"  # nginx/1.22.1, PostgreSQL 15.3
    rf"|[ _-]?(?:server[ _-]?)?ver(?:sion)?[\"']?\s{{0,4}}[:= ]\s{{0,4}}[\"']?{_NUMBER}"  # "redis_version": "7.0.1"
    rf"|[\"']\s{{0,4}}:\s{{0,4}}[\"']{_NUMBER}(?=[\"'])"  # "redis": "7.0.1"; a bare number may be a latency
    r"))",
    re.IGNORECASE,
)
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"),
    )
)
"""Addresses that lead nowhere from the public network (RFC 1918, 1122, 3927, 6598)."""


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
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in _PRIVATE)
