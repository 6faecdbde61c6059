"""What a cookie is for, as far as its name and value tell."""

from __future__ import annotations

import re

from pytest_readiness.standards.headers.cookies import Cookie

_CREDENTIAL = re.compile(
    r"sess|auth(?!or)|token|jwt|login|logged.?in|remember|identity|credential|passport|ticket|sso"
    r"|(?:^|[^a-z])s?sid(?:[^a-z]|$)|\.aspnetcore\.cookies",
    re.IGNORECASE,
)
_REQUEST_FORGERY = re.compile(r"[cx]srf|antiforgery|requestverificationtoken|authenticity", re.IGNORECASE)
_BALANCER = re.compile(r"affinity|^awsalb|^bigip|^serverid$|^routeid$", re.IGNORECASE)
_JWT = re.compile(r"\"?eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\"?")


def guards_forms(cookie: Cookie) -> bool:
    """Whether it is a token against request forgery, which scripts may have to read."""
    return _REQUEST_FORGERY.search(cookie.name) is not None


def is_credential(cookie: Cookie) -> bool:
    """Whether whoever holds it is taken for the visitor: it is called so, or it is a signed token."""
    if _JWT.fullmatch(cookie.value):
        return True
    if guards_forms(cookie) or _BALANCER.search(cookie.name):
        return False
    return _CREDENTIAL.search(cookie.name) is not None
