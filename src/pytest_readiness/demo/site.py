"""The example service, twice: as it should be, and with flaws that a first staging server often has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from pytest_readiness.demo.http_server import Request, Response

RELEASE = "2026.11.2"
OLD_RELEASE = "2026.10.7"
TOKEN = "demo-customer-token"  # noqa: S105  # the example's only customer; it opens nothing else

_SECURITY_HEADERS = (
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    (
        "Content-Security-Policy",
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": RELEASE},
    "paths": {
        "/api/products": {"get": {"responses": {"200": {"description": "Every product."}}}},
        "/api/orders": {
            "get": {
                "security": [{"bearer": []}],
                "responses": {"200": {"description": "One's orders."}, "401": {"description": "Nobody's orders."}},
            }
        },
    },
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
}


class AccessLog:
    """What a site was asked, kept and, where there is a file, written.

    Args:
        file: Where lines go; None to keep them only.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.requests: list[tuple[str, str]] = []
        self._file = file

    def note(self, site: str, request: Request, status: int) -> None:
        """Keep one request and its answer's status."""
        self.requests.append((request.method, request.path))
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(f"{site} {request.method} {request.path} {status}\n")


class GoodSite:
    """The service as it should be.

    Args:
        host: Its host name.
        log: Where its requests are noted.
    """

    def __init__(self, host: str, log: AccessLog) -> None:
        self.host, self.log = host, log

    def secure(self, request: Request) -> Response:
        """Answer over HTTPS."""
        answer = self._route(request, request.path.partition("?")[0])
        self.log.note(f"https://{self.host}", request, answer.status)
        return Response(answer.status, (*answer.headers, *self._headers(), _date()), answer.body)

    def plain(self, request: Request) -> Response:
        """Answer over plain HTTP."""
        answer = Response(301, (("Location", f"https://{self.host}{_safe(request.path)}"), _date()))
        self.log.note(f"http://{self.host}", request, answer.status)
        return answer

    def _headers(self) -> tuple[tuple[str, str], ...]:
        return (*_SECURITY_HEADERS, ("X-Release", RELEASE))

    def _route(self, request: Request, path: str) -> Response:
        match path:
            case "/":
                return _html(200, _PAGE.format(script='<script src="/app.js"></script>'), _cookie("session=opaque"))
            case "/login":
                return _html(200, _LOGIN)
            case "/app.js":
                return Response(200, (("Content-Type", "text/javascript"),), b"document.title = document.title;\n")
            case "/health":
                return _json(200, {"status": "pass"}, *_UNCACHED)
            case "/health/ready":
                dependencies = {name: [{"status": "pass"}] for name in ("database", "cache", "disk")}
                return _json(200, {"status": "pass", "checks": dependencies}, *_UNCACHED)
            case "/openapi.json":
                return _json(200, OPENAPI)
            case "/api/products":
                return _json(200, [{"id": 1, "name": "A teapot"}])
            case "/api/orders":
                return self._orders(request)
            case "/.well-known/security.txt":
                expires = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
                lines = f"Contact: mailto:security@{self.host}\nExpires: {expires}\n"
                return Response(200, (("Content-Type", "text/plain; charset=utf-8"),), lines.encode())
            case _:
                return _html(404, _MISSING)

    def _orders(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _json(401, {"error": "no valid credential"}, ("WWW-Authenticate", "Bearer"))
        return _json(200, [{"id": 7, "product": 1}], *_UNCACHED)


class FlawedSite(GoodSite):
    """The service with what a first staging server often gets wrong."""

    def plain(self, request: Request) -> Response:
        answer = _html(200, _PAGE.format(script=""))
        self.log.note(f"http://{self.host}", request, answer.status)
        return Response(answer.status, (*answer.headers, _date()), answer.body)

    def _headers(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Strict-Transport-Security", "max-age=300"),
            ("Content-Security-Policy", "default-src * 'unsafe-inline'"),
            ("Server", "gunicorn/19.9.0"),
            ("X-Release", OLD_RELEASE),
        )

    def _route(self, request: Request, path: str) -> Response:
        match path:
            case "/":
                script = '<script src="http://cdn.shop.test/app.js"></script>'
                return _html(200, _PAGE.format(script=script), ("Set-Cookie", "session=opaque; Path=/"))
            case "/.env":
                lines = "DATABASE_URL=postgres://shop@db.internal/shop\nDEBUG=1\n"
                return Response(200, (("Content-Type", "text/plain"),), lines.encode())
            case "/health/ready":
                return _json(200, {"status": "UP"}, ("Cache-Control", "max-age=60"))
            case "/api/orders":
                return _json(200, [{"id": 7, "product": 1}])
            case "/.well-known/security.txt":
                return _html(404, _TRACEBACK)
            case _:
                answer = super()._route(request, path)
                return _html(404, _TRACEBACK) if answer.status == 404 else answer


def _html(status: int, page: str, *headers: tuple[str, str]) -> Response:
    return Response(status, (("Content-Type", "text/html; charset=utf-8"), *headers), page.encode())


def _json(status: int, document: object, *headers: tuple[str, str]) -> Response:
    return Response(status, (("Content-Type", "application/json"), *headers), json.dumps(document).encode())


def _cookie(pair: str) -> tuple[str, str]:
    return "Set-Cookie", f"__Host-{pair}; Path=/; Secure; HttpOnly; SameSite=Lax"


def _date() -> tuple[str, str]:
    return "Date", format_datetime(datetime.now(UTC), usegmt=True)


def _safe(path: str) -> str:
    return path if path.startswith("/") and not path.startswith("//") else "/"


_UNCACHED = (("Cache-Control", "no-store"),)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title>{script}</head>
<body><h1>Shop</h1><p>Teapots, mostly.</p><a href="/login">Sign in</a></body></html>
"""
_LOGIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body><form method="post" action="/login">
<input name="user"><input name="password" type="password"></form></body></html>
"""
_MISSING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not found</title></head><body><h1>Not found</h1></body></html>
"""
_TRACEBACK = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>KeyError</title></head><body><pre>
Traceback (most recent call last):
  File "/srv/shop/app/routes.py", line 42, in dispatch
    handler = ROUTES[path]
KeyError: path
</pre></body></html>
"""
