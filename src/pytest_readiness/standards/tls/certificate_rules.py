"""What is wrong with a chain of certificates, each cause by its name.

OpenSSL says one thing at a time and repairs a wrong order in silence, and it accepts any lifetime; cryptography's
verifier accepts a key of 1024 bits. So the verdict of a real handshake counts, and these rules say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pytest_readiness.model.scales import Severity
from pytest_readiness.model.tls import Certificate, KeyKind, SentChain
from pytest_readiness.standards.tls import certificates
from pytest_readiness.standards.tls.certificates import Path
from pytest_readiness.standards.tls.spans import span

RFC_5246 = "RFC 5246, 7.4.2"
RFC_5280 = "RFC 5280, 4.1.2.5"
RFC_9525 = "RFC 9525, 6"
BASELINE = "CA/Browser Forum Baseline Requirements, 6.1.5"
WEAK_HASHES = frozenset({"md2", "md4", "md5", "sha1"})

_NO_ISSUER = frozenset({2, 20, 21, 27})
"""OpenSSL: the issuer is not at hand, the leaf signature cannot be verified, the root is not trusted."""

_SELF_SIGNED = frozenset({18, 19})


class Cause(StrEnum):
    """What can be wrong."""

    UNREADABLE = "unreadable"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    WRONG_NAME = "wrong name"
    SELF_SIGNED = "self-signed"
    INCOMPLETE = "incomplete chain"
    UNTRUSTED = "untrusted root"
    MISORDERED = "wrong order"
    EXTRA = "extra certificates"
    ROOT_SENT = "root sent"
    WEAK_KEY = "weak key"
    WEAK_SIGNATURE = "weak signature"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong with a chain.

    Attributes:
        cause: What, as a word.
        summary: What, in one line.
        measured: What was seen.
        fix: What to do.
        severity: How bad; None for as bad as the check.
        source: Where the rule comes from.
    """

    cause: Cause
    summary: str
    measured: str
    fix: str
    severity: Severity | None = None
    source: str = ""


def defects(chain: SentChain, host: str, now: datetime) -> tuple[Defect, ...]:
    """Return what is wrong with a chain that was sent for ``host``, the cause of a refusal among it."""
    found = [*_unreadable(chain)]
    if not chain.certificates:
        return tuple(found)
    path = certificates.path(chain.certificates)
    found += _dates(path, now, Severity.MEDIUM if chain.trust.trusted else None)
    found += _name(chain.leaf, host)
    found += _trust(chain, path)
    found += _order(path)
    found += _strength(path)
    if chain.trust.trusted is False and not any(defect.severity is None for defect in found):
        found.append(
            Defect(
                Cause.REFUSED,
                f"clients refuse the certificate: {chain.trust.reason}",
                measured=f"OpenSSL verification error {chain.trust.code}",
                fix="have it issued anew",
            )
        )
    return tuple(found)


def title(certificate: Certificate) -> str:
    """Return what to call a certificate: its common name, or its whole subject."""
    subject = certificate.subject
    return certificates.attribute(subject, "CN") or subject or "a nameless certificate"


def _issuer_title(certificate: Certificate) -> str:
    return certificates.attribute(certificate.issuer, "CN") or certificate.issuer or "a nameless issuer"


def _unreadable(chain: SentChain) -> Iterator[Defect]:
    if chain.unreadable:
        yield Defect(
            Cause.UNREADABLE,
            f"{chain.unreadable} of the certificates sent cannot be read",
            measured=f"{chain.unreadable} of {chain.unreadable + len(chain.certificates)}",
            fix="write the server's certificate file anew: leaf first, then its intermediates",
        )


def _dates(path: Path, now: datetime, of_issuers: Severity | None) -> Iterator[Defect]:
    for certificate in path.links:
        severity = None if certificate is path.links[0] else of_issuers
        whose = "the certificate" if certificate is path.links[0] else f"the issuer's certificate {title(certificate)}"
        renew = "renew it" if certificate is path.links[0] else "send the issuer's current certificate"
        if now > certificate.not_after:
            yield Defect(
                Cause.EXPIRED,
                f"{whose} expired {span(now - certificate.not_after)} ago",
                measured=f"not after {certificate.not_after:%Y-%m-%d %H:%M} UTC",
                fix=f"{renew}, and find out why its renewal did not happen",
                severity=severity,
                source=RFC_5280,
            )
        elif now < certificate.not_before:
            yield Defect(
                Cause.NOT_YET_VALID,
                f"{whose} is not valid for another {span(certificate.not_before - now)}",
                measured=f"not before {certificate.not_before:%Y-%m-%d %H:%M} UTC",
                fix="use the previous certificate until then, and check the clocks",
                severity=severity,
                source=RFC_5280,
            )


def _name(leaf: Certificate, host: str) -> Iterator[Defect]:
    if not certificates.covers(leaf, host):
        names = (*leaf.dns_names, *leaf.ip_addresses)
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        yield Defect(
            Cause.WRONG_NAME,
            f"the certificate is not for {host}",
            measured=f"it is for {listed}" if names else "it names no host (subjectAltName)",
            fix=f"have it issued for {host}, or serve the right one for this name",
            source=RFC_9525,
        )


def _trust(chain: SentChain, path: Path) -> Iterator[Defect]:
    leaf, top = path.links[0], path.top
    if top.self_issued and len(path.links) > 1:
        yield Defect(
            Cause.ROOT_SENT,
            f"the root {title(top)} is sent too, which no client needs",
            measured=f"{len(chain.certificates)} certificates",
            fix="leave the root out of the server's certificate file",
            severity=Severity.LOW,
            source=RFC_5246,
        )
    if chain.trust.trusted is not False or chain.trust.code not in _NO_ISSUER | _SELF_SIGNED:
        return
    if leaf.self_issued:
        yield Defect(
            Cause.SELF_SIGNED,
            "the certificate is self-signed",
            measured=chain.trust.reason,
            fix="have it issued by an authority that clients trust, or name it: ca_file",
        )
    elif len(path.links) == 1:
        yield Defect(
            Cause.INCOMPLETE,
            f"the chain is incomplete: the certificate of {_issuer_title(leaf)}, which issued it, is not sent",
            measured=chain.trust.reason,
            fix="serve the full chain (fullchain.pem): leaf first, then its intermediates",
            source=RFC_5246,
        )
    else:
        root = title(top) if top.self_issued else _issuer_title(top)
        yield Defect(
            Cause.UNTRUSTED,
            f"the chain leads to {root}, which is no trusted authority",
            measured=chain.trust.reason,
            fix="have it issued by an authority that clients trust, or name that authority: ca_file",
        )


def _order(path: Path) -> Iterator[Defect]:
    if not path.ordered:
        yield Defect(
            Cause.MISORDERED,
            "the chain is sent in the wrong order",
            measured="in order: " + " ← ".join(title(certificate) for certificate in path.links),
            fix="write the server's certificate file anew: leaf first, then each certificate's issuer",
            severity=Severity.MEDIUM,
            source=RFC_5246,
        )
    if path.extras:
        yield Defect(
            Cause.EXTRA,
            "certificates are sent that have no part in the chain",
            measured=", ".join(title(certificate) for certificate in path.extras),
            fix="leave them out of the server's certificate file",
            severity=Severity.MEDIUM,
            source=RFC_5246,
        )


def _strength(path: Path) -> Iterator[Defect]:
    for certificate in path.links:
        whose = "the certificate" if certificate is path.links[0] else f"the issuer's certificate {title(certificate)}"
        too_small = {KeyKind.RSA: 2048, KeyKind.ELLIPTIC: 256}.get(certificate.key)
        if certificate.key is KeyKind.DSA or (too_small is not None and certificate.key_bits < too_small):
            yield Defect(
                Cause.WEAK_KEY,
                f"the key of {whose} is too weak",
                measured=certificate.key_name,
                fix="make a new key, P-256 or RSA 2048 or better, and have a certificate issued for it",
                source=BASELINE,
            )
        # A root is trusted for being known: nobody checks its signature.
        if certificate.signature_hash in WEAK_HASHES and not certificate.self_issued:
            yield Defect(
                Cause.WEAK_SIGNATURE,
                f"{whose} is signed with {certificate.signature_hash.upper().replace('SHA1', 'SHA-1')}",
                measured=certificate.signature_hash,
                fix="have it issued anew with SHA-256 or better",
                source=BASELINE,
            )
