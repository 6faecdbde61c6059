"""Whether cookies are kept from eavesdroppers, scripts and other sites, and whether browsers keep them at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from pytest_readiness.checks.security.headers.pages import conclude
from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import NotApplicable
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Cookies, Pages
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.headers.cookie_purposes import guards_forms, is_credential
from pytest_readiness.standards.headers.cookies import Cookie, SameSite, parse, rejection

RFC = "RFC 6265bis"


@check("security/security-headers", source=RFC)
def cookies(cookies: Cookies, pages: Pages, now: datetime) -> Iterator[Judgement]:
    """Cookies go over HTTPS only; those that stand for the visitor stay out of scripts and of other sites' requests.

    Every Set-Cookie line of the pages and of the redirects on the way is read as browsers read it. A cookie that
    browsers drop (a prefix such as __Host- whose terms it breaks, SameSite=None or Partitioned without Secure, a
    foreign Domain) is as bad as the check: what needs it does not work. A cookie is taken for a credential where its
    name says so (session, auth, token, login and their like) or its value is a signed token: then a missing Secure or
    HttpOnly is as bad as the check, a missing SameSite is medium, since browsers differ in their default, and
    SameSite=None is low. For other cookies a missing Secure is medium and the rest low. Tokens against request forgery
    may be read by scripts. Lines that delete a cookie are not judged. Values are never shown.
    """
    judged = [(url, cookie) for url, line in cookies.lines if not _deletes(cookie := parse(line), now)]
    if not judged and not pages.silent:
        raise NotApplicable("no page looked at sets a cookie; name the pages that do, the login page say, in pages")
    yield Measure("cookies", len({cookie.name for _, cookie in judged if cookie}))
    yield from conclude(pages, (finding for url, cookie in judged for finding in _shortcomings(url, cookie)))


def _deletes(cookie: Cookie | None, now: datetime) -> bool:
    return cookie is not None and cookie.deleted(now)


def _shortcomings(url: str, cookie: Cookie | None) -> Iterator[Finding]:
    split = urlsplit(url)
    if cookie is None:
        yield Finding(
            "browsers ignore a Set-Cookie line: it is empty, longer than 4096 bytes or holds control characters",
            where=url,
            fix="send: Set-Cookie: name=value; Secure; HttpOnly; SameSite=Lax",
            severity=Severity.MEDIUM,
            source=f"{RFC}, 5.6",
        )
        return
    if reason := rejection(cookie, split.hostname or "", secure=split.scheme == "https"):
        yield Finding(
            f"browsers drop the cookie {_name(cookie)}: {reason}",
            where=url,
            measured=_shown(cookie),
            fix=f"send: Set-Cookie: {_name(cookie)}=…; Path=/; Secure; HttpOnly; SameSite=Lax",
            source=f"{RFC}, 5.7",
        )
        return
    for summary, word, severity in _missing(cookie, is_credential(cookie)):
        yield Finding(
            f"the cookie {_name(cookie)} {summary}",
            where=url,
            measured=_shown(cookie),
            fix=f"add to its Set-Cookie: {word}",
            severity=severity,
            source=f"{RFC}, 4.1.2",
        )


def _missing(cookie: Cookie, credential: bool) -> Iterator[tuple[str, str, Severity | None]]:
    if not cookie.secure:
        yield "goes over plain HTTP too: no Secure", "Secure", None if credential else Severity.MEDIUM
    if not cookie.http_only and not guards_forms(cookie):
        yield "can be read by scripts: no HttpOnly", "HttpOnly", None if credential else Severity.LOW
    if cookie.same_site is SameSite.DEFAULT:
        severity = Severity.MEDIUM if credential else Severity.LOW
        yield "leaves to browsers which other sites' requests it goes with: no SameSite", "SameSite=Lax", severity
    elif cookie.same_site is SameSite.NONE and credential:
        yield "goes along with every other site's requests: SameSite=None", "SameSite=Lax", Severity.LOW


def _name(cookie: Cookie) -> str:
    return cookie.name or "without a name"


def _shown(cookie: Cookie) -> str:
    """Return the cookie as it was set, but for its value, which may be a secret."""
    parts = [f"{cookie.name}=…"]
    parts += [f"Domain={cookie.domain}"] if cookie.domain else []
    parts += [f"Path={cookie.path}"] if cookie.path else []
    flags = {"Secure": cookie.secure, "HttpOnly": cookie.http_only, "Partitioned": cookie.partitioned}
    parts += [word for word, there in flags.items() if there]
    parts += [f"SameSite={cookie.same_site}"] if cookie.same_site is not SameSite.DEFAULT else []
    return "; ".join(parts)
