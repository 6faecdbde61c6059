"""What no public site should serve: where it usually lies, and the content it is known by.

The content decides, never the status: a site that answers every path with its start page serves none of these.
Paths that make a server work or write when they are read (`/actuator/heapdump`, `/debug/pprof/profile`) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pytest_readiness.model.http import Answer, Exchange
from pytest_readiness.model.scales import Severity

LIMIT = 4096
"""Bytes of each answer that are asked for and kept."""

_MARKUP = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_NOT_LOOKED = frozenset({429, 503})
"""Statuses that say "not now", so that nothing is known about the path."""


class Kind(StrEnum):
    """What sort of thing it is."""

    FILE = "file"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True)
class Signature:
    """Something private, and how it is recognised.

    Attributes:
        path: Where it is asked for.
        pattern: What its first 4 KiB are known by.
        what: What it is.
        severity: How bad it is that strangers can read it.
        kind: A file that was left behind, or a page for insiders.
    """

    path: str
    pattern: re.Pattern[bytes]
    what: str
    severity: Severity
    kind: Kind

    def matches(self, body: bytes) -> bool:
        """Whether ``body`` is what this is about; a file that is HTML is none of these files."""
        if self.kind is Kind.FILE and _MARKUP.match(body):
            return False
        return self.pattern.search(body[:LIMIT]) is not None


def _file(path: str, pattern: bytes, what: str, severity: Severity = Severity.CRITICAL) -> Signature:
    return Signature(path, re.compile(pattern, re.MULTILINE), what, severity, Kind.FILE)


def _debug(path: str, pattern: bytes, what: str, severity: Severity = Severity.HIGH) -> Signature:
    return Signature(path, re.compile(pattern, re.IGNORECASE), what, severity, Kind.DEBUG)


_VARIABLES = rb"^(?:export[ \t]+)?[A-Z][A-Z0-9_]{2,60}[ \t]*="
_PRIVATE_KEY = rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
_DUMP = rb"^-- .{0,80}(?:dump|backup)|^CREATE TABLE |^INSERT INTO |^PGDMP"
_SQLITE = rb"\ASQLite format 3\x00"

LISTING = re.compile(
    rb"<title>(?:Index of|Directory listing for|Directory:?|Listing directory) ?/"
    rb"|<h1>(?:Index of|Directory listing for) /[^<]{0,400}</h1>|\[To Parent Directory\]",
    re.IGNORECASE,
)
"""A directory that lists its files, as nginx, Apache, IIS, lighttpd, Python and Jetty write it."""

FILES = (
    _file("/.git/HEAD", rb"\A(?:ref: refs/|[0-9a-f]{40}\s*\Z)", "a Git repository"),
    _file("/.git/config", rb"^\[core\]", "a Git repository"),
    _file("/.svn/wc.db", _SQLITE, "a Subversion working copy"),
    _file("/.hg/requires", rb"^(?:revlogv1|dotencode|generaldelta)$", "a Mercurial repository"),
    _file("/.env", _VARIABLES, "an environment file"),
    _file("/.env.production", _VARIABLES, "an environment file"),
    _file("/.env.local", _VARIABLES, "an environment file"),
    _file("/.env.bak", _VARIABLES, "an environment file"),
    _file("/.aws/credentials", rb"aws_access_key_id", "AWS credentials"),
    _file("/.npmrc", rb"_auth(?:Token)?\s*=", "an npm token"),
    _file("/.docker/config.json", rb'"auths"\s*:', "Docker registry credentials"),
    _file("/.htpasswd", rb"\A[\w.@-]{1,80}:(?:\$|\{|[\w./]{13}\s)", "a password file"),
    _file("/.ssh/id_rsa", _PRIVATE_KEY, "a private key"),
    _file("/id_rsa", _PRIVATE_KEY, "a private key"),
    _file("/server.key", _PRIVATE_KEY, "a private key"),
    _file("/privkey.pem", _PRIVATE_KEY, "a private key"),
    _file("/backup.sql", _DUMP, "a database dump"),
    _file("/dump.sql", _DUMP, "a database dump"),
    _file("/database.sql", _DUMP, "a database dump"),
    _file("/db.sqlite3", _SQLITE, "a database"),
    _file("/backup.zip", rb"\APK\x03\x04", "an archive"),
    _file("/backup.tar.gz", rb"\A\x1f\x8b\x08|\A.{257}ustar", "an archive"),
    _file("/terraform.tfstate", rb'"terraform_version"\s*:', "Terraform's state"),
    _file(
        "/config.json",
        rb'(?i)"[\w-]{0,40}(?:password|secret|api_?key)[\w-]{0,40}"\s*:\s*"[^"]',
        "a configuration with secrets",
    ),
    _file("/appsettings.json", rb'"ConnectionStrings"\s*:', "a configuration with connection strings"),
    _file("/wp-config.php.bak", rb"DB_PASSWORD", "a copy of WordPress's configuration"),
    _file("/web.config", rb"<configuration[\s>]", "the configuration of IIS", Severity.HIGH),
    _file("/docker-compose.yml", rb"^services:\s*$", "a Compose file", Severity.HIGH),
    _file("/Dockerfile", rb"^FROM\s+\S+", "a Dockerfile", Severity.MEDIUM),
    _file("/.DS_Store", rb"\A\x00\x00\x00\x01Bud1", "a directory index of macOS", Severity.LOW),
)

DEBUG_PAGES = (
    _debug("/console", rb"werkzeug debugger|EVALEX\s*=", "the Werkzeug console, which runs code", Severity.CRITICAL),
    _debug("/__debug__/", rb"djdt|debug toolbar", "the Django debug toolbar"),
    _debug("/_profiler/", rb"symfony profiler", "the Symfony profiler"),
    _debug("/_ignition/health-check", rb'"can_execute_commands"', "Laravel's debug page", Severity.CRITICAL),
    _debug("/telescope/requests", rb"<title>[^<]{0,80}Telescope", "Laravel Telescope"),
    _debug(
        "/rails/info/routes",
        rb"<title>[^<]{0,80}(?:Routes|Ruby on Rails)|Helper.{0,200}HTTP Verb",
        "the routes of Rails",
    ),
    _debug("/elmah.axd", rb"Error Log for|Powered by <a[^>]{0,200}ELMAH", "the error log of ASP.NET"),
    _debug("/phpinfo.php", rb"<title>[^<]{0,80}phpinfo\(\)|PHP Version </", "phpinfo()"),
    _debug("/debug/pprof/", rb"full goroutine stack dump|Types of profiles available", "Go's profiler"),
    _debug("/debug/vars", rb'"memstats"\s*:', "Go's variables"),
    _debug(
        "/actuator", rb'"_links"\s*:.{0,4000}(?:/env|/heapdump|/beans|/configprops|/threaddump)"', "Spring's actuator"
    ),
    _debug("/actuator/env", rb'"propertySources"\s*:', "Spring's environment"),
    _debug(
        "/h2-console", rb"<title>H2 Console|location\.href = 'login\.jsp", "the H2 database console", Severity.CRITICAL
    ),
    _debug("/adminer.php", rb"<title>[^<]{0,80}Adminer|adminer\.org", "Adminer"),
    _debug("/phpmyadmin/", rb"<title>[^<]{0,80}phpMyAdmin|pma_username", "phpMyAdmin"),
    _debug(
        "/admin/",
        rb"<title>[^<]{0,80}Django (?:site )?admin|Django administration|grappelli",
        "the Django admin",
        Severity.LOW,
    ),
    _debug("/graphiql", rb"<title>[^<]{0,80}GraphiQL|graphiql(?:\.min)?\.js", "GraphiQL", Severity.LOW),
    _debug("/metrics", rb"(?:\A|\n)# (?:HELP|TYPE) [a-z_:]", "Prometheus metrics", Severity.MEDIUM),
    _debug("/server-status", rb"Apache (?:Server )?Status", "Apache's status page", Severity.MEDIUM),
    _debug("/nginx_status", rb"Active connections: \d", "nginx's status page", Severity.MEDIUM),
    _debug("/stub_status", rb"Active connections: \d", "nginx's status page", Severity.MEDIUM),
    *(
        Signature(path, LISTING, "a directory listing", Severity.MEDIUM, Kind.DEBUG)
        for path in ("/static/", "/assets/", "/uploads/", "/media/", "/files/", "/backup/")
    ),
)

SIGNATURES = (*FILES, *DEBUG_PAGES)

_SOURCE_MAP = re.compile(rb'"(?:mappings|sources|sourcesContent|sections)"\s*:')
_SOURCE_MAP_HEAD = re.compile(rb"\A(?:\)\]\}[^\n]*\n)?\s*\{")


def is_source_map(body: bytes) -> bool:
    """Whether ``body`` starts like a source map (ECMA-426), with or without the prefix against inclusion."""
    return _SOURCE_MAP_HEAD.match(body) is not None and _SOURCE_MAP.search(body[:LIMIT]) is not None


class Sight(StrEnum):
    """What an answer for a private path tells."""

    SERVED = "served"
    HIDDEN = "hidden"
    UNDECIDED = "undecided"


def sight(signature: Signature, answer: Answer, controls: tuple[Answer, ...]) -> Sight:
    """Tell whether ``answer`` is what ``signature`` is about.

    Undecided is what could not be read (no answer, "not now", an unknown coding), and what looks private but so does
    a path that nobody knows.
    """
    if not isinstance(answer, Exchange) or answer.status in _NOT_LOOKED:
        return Sight.UNDECIDED
    if answer.status not in {200, 206}:
        return Sight.HIDDEN
    if answer.undecoded:
        return Sight.UNDECIDED
    if not signature.matches(answer.body):
        return Sight.HIDDEN
    return Sight.UNDECIDED if any(map(signature.matches, _bodies(controls))) else Sight.SERVED


def _bodies(controls: tuple[Answer, ...]) -> Iterator[bytes]:
    for control in controls:
        if isinstance(control, Exchange) and control.status in {200, 206}:
            yield control.body
