"""Checks of `infrastructure/tls` that judge what the server agrees to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.tls import AddressPosture, Protocol, TlsPosture
from pytest_readiness.standards.tls import cipher_suites as suites
from pytest_readiness.standards.tls import tls_profiles
from pytest_readiness.standards.tls.tls_profiles import INTERMEDIATE, Departures

TLS_ITEM = "infrastructure/tls"
RFC_8996 = "RFC 8996"
PROFILE = INTERMEDIATE


@check(TLS_ITEM, severity="high", source=f"{tls_profiles.SOURCE}; {RFC_8996}")
def protocols(tls: TlsPosture) -> Iterator[Judgement]:
    """Every address offers TLS 1.2 and 1.3, and nothing older.

    Each address is offered SSL 3, TLS 1.0, 1.1, 1.2 and 1.3 in turn, one hello each, with every cipher suite that the
    protocol knows, so that neither our own TLS library nor a missing suite can hide an old protocol. Mozilla's
    intermediate profile is the measure; a missing TLS 1.3 is a low finding.
    """
    wrong = False
    for posture, where in _answering(tls):
        for protocol in tls_profiles.protocols_off(PROFILE, posture.protocols):
            wrong = True
            yield Finding(
                f"{protocol} is offered",
                where=where,
                measured=_listed(map(str, posture.protocols)),
                fix="ssl_protocols TLSv1.2 TLSv1.3;",
                severity=Severity.CRITICAL if protocol is Protocol.SSL_3 else None,
                source=RFC_8996 if protocol is not Protocol.SSL_3 else "RFC 7568",
            )
        if Protocol.TLS_1_3 not in posture.protocols and not _unsettled(posture, str(Protocol.TLS_1_3)):
            yield Finding(
                "TLS 1.3 is not offered",
                where=where,
                measured=_listed(map(str, posture.protocols)),
                fix="ssl_protocols TLSv1.2 TLSv1.3;",
                severity=Severity.LOW,
                source=tls_profiles.SOURCE,
            )
    yield Measure("protocols", _listed(str(p) for p in sorted(_of_all(posture.protocols for posture in tls.addresses))))
    if not wrong:
        _settled(tls, *(str(protocol) for protocol in Protocol))


@check(TLS_ITEM, severity="medium", source=tls_profiles.SOURCE)
def cipher_suites(tls: TlsPosture) -> Iterator[Judgement]:
    """Every address agrees to the cipher suites of Mozilla's intermediate profile, and to no others.

    For each protocol that is offered, all suites of the IANA registry are offered, the one that the server chooses is
    taken away, and so on until it refuses. A suite that encrypts or authenticates nothing, or with keys or ciphers
    that are broken, is critical.
    """
    wrong = False
    for posture, where in _answering(tls):
        agreed = tuple(_of_all(numbers for _, numbers in posture.suites))
        off = tls_profiles.suites_off(PROFILE, agreed)
        wrong = wrong or bool(off.broken or off.others)
        for number in off.broken:
            yield Finding(
                f"{suites.name(number)} is agreed to: {suites.weakness(number)}",
                where=where,
                measured=_protocols_of(posture, number),
                fix=f"leave it out; the suites of {PROFILE} are enough",
                severity=Severity.CRITICAL,
                source=tls_profiles.SOURCE,
            )
        if off.others:
            yield Finding(
                f"{len(off.others)} cipher suite{'s are' if len(off.others) > 1 else ' is'} agreed to "
                f"that {PROFILE} has not",
                where=where,
                measured=_listed(map(suites.name, off.others)),
                fix="ssl_ciphers " + ":".join(_OPENSSL_NAMES) + ";",
                source=tls_profiles.SOURCE,
            )
    yield Measure("suites", len(_of_all(numbers for posture in tls.addresses for _, numbers in posture.suites)))
    if not wrong:
        _settled(tls, "cipher suites of ")


@check(TLS_ITEM, severity="high", source=tls_profiles.SOURCE)
def key_exchange(tls: TlsPosture) -> Iterator[Judgement]:
    """Every address agrees on keys by the groups of Mozilla's intermediate profile.

    The groups of TLS 1.3 are read from HelloRetryRequests, those of TLS 1.2 from the server's key exchange. A curve
    of fewer than 250 bits, or a finite field of fewer than 2048, fails; a sound group off the profile is a low
    finding. Whether X25519MLKEM768, which withstands quantum computers, is agreed to is measured and not judged.
    """
    wrong = False
    for posture, where in _answering(tls):
        agreed = tuple(_of_all(numbers for _, numbers in posture.groups))
        off = tls_profiles.groups_off(PROFILE, agreed)
        wrong = wrong or bool(off.broken)
        yield from _group_findings(off, where)
        if posture.dh_bits is not None and posture.dh_bits < PROFILE.dh_bits:
            wrong = True
            yield Finding(
                f"keys are agreed on in a finite field of {posture.dh_bits} bits",
                where=where,
                measured=f"{posture.dh_bits} bits; wanted {PROFILE.dh_bits} or more",
                fix="leave the DHE suites out",
                source=tls_profiles.SOURCE,
            )
        if posture.secure_renegotiation is False:
            wrong = True
            yield Finding(
                "sessions can be renegotiated by a third party",
                where=where,
                measured="no renegotiation_info in the ServerHello",
                fix="update the TLS library: it predates 2010",
                source="RFC 5746",
            )
    answering = [posture for posture, _ in _answering(tls)]
    hybrid = [suites.X25519MLKEM768 in _of_all(numbers for _, numbers in p.groups) for p in answering]
    yield Measure("x25519mlkem768", bool(hybrid) and all(hybrid))
    named = _of_all(numbers for posture in answering for _, numbers in posture.groups)
    yield Measure("groups", _listed(map(suites.group_name, sorted(named))))
    if not wrong:
        _settled(tls, "groups of ")


_OPENSSL_NAMES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
)


def _group_findings(off: Departures, where: str) -> Iterator[Finding]:
    # Before OpenSSL 3.5 a server does not start with X25519MLKEM768 in its list.
    fix = "ssl_ecdh_curve X25519:prime256v1:secp384r1; with OpenSSL 3.5 or later X25519MLKEM768 before them"
    if off.broken:
        yield Finding(
            f"keys are agreed on by weak curves: {_listed(map(suites.group_name, off.broken))}",
            where=where,
            measured="curves of fewer than 250 bits",
            fix=fix,
            source=tls_profiles.SOURCE,
        )
    if off.others:
        yield Finding(
            f"keys are agreed on by groups that {PROFILE} has not",
            where=where,
            measured=_listed(map(suites.group_name, off.others)),
            fix=fix,
            severity=Severity.LOW,
            source=tls_profiles.SOURCE,
        )


def _answering(tls: TlsPosture) -> Iterator[tuple[AddressPosture, str]]:
    for posture in tls.addresses:
        if posture.mute is None:
            yield posture, f"{tls.host} at {posture.address}"


def _settled(tls: TlsPosture, *subjects: str) -> None:
    """Let nothing pass that could not be settled.

    Raises:
        Unverified: An address is mute, or one of the subjects is not settled there.
    """
    if not tls.addresses:
        raise Unverified(f"{tls.host} leads to no address")
    for posture in tls.addresses:
        if posture.mute is not None:
            raise Unverified(
                f"nothing could be learned at {posture.address}: {posture.mute}",
                fix=f"run it where {posture.address} can be reached"
                if posture.mute.ours
                else f"let {posture.address} serve the site, or take it out of the DNS",
            )
        for subject in (*subjects, "what it agrees to"):
            reason = _unsettled(posture, subject)
            if reason:
                raise Unverified(
                    f"{subject.removesuffix(' of ')} could not be settled at {posture.address}: {reason}",
                    fix="run it again, with less in the way between here and there",
                )


def _unsettled(posture: AddressPosture, subject: str) -> str:
    return next((ground.reason for ground in posture.unsettled if ground.what.startswith(subject)), "")


def _protocols_of(posture: AddressPosture, number: int) -> str:
    return _listed(str(protocol) for protocol, numbers in posture.suites if number in numbers)


def _of_all(parts: Iterable[Iterable[int]]) -> dict[int, None]:
    return dict.fromkeys(chain.from_iterable(parts))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
