"""The certificates that each address of the host sends, good or bad, and how a verifying client takes them."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence

from pytest_readiness.guard import trust
from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable
from pytest_readiness.model.targets import Target
from pytest_readiness.model.tls import AddressCertificates, Certificate, Certificates, Mute, Protocol, SentChain, Trust
from pytest_readiness.probes.hellos import Address, endpoint, mute
from pytest_readiness.probes.together import together
from pytest_readiness.standards.tls import certificates as reading
from pytest_readiness.standards.tls import cipher_suites
from pytest_readiness.standards.tls.client_hello import Offer
from pytest_readiness.standards.tls.server_flight import ServerFlight

TIMEOUT = 10.0
"""Seconds for one connection with its handshake."""

_ECDSA = tuple(suite for suite in cipher_suites.TLS12 if cipher_suites.is_ecdsa(suite))
_RSA = tuple(suite for suite in cipher_suites.TLS12 if not cipher_suites.is_ecdsa(suite))


@evidence(
    name="certificates",
    sends="to each address one verified TLS handshake, and two ClientHellos to read the chain as sent and its staple, "
    "for an elliptic-curve and an RSA certificate; where TLS 1.3 hides the chain, one handshake that only reads it",
)
async def certificates(target: Target, sockets: Sockets) -> Certificates:
    """The chain that each address of the host sends, its staple, and whether a verifying client accepts it."""
    host, port = endpoint(target)
    addresses = await sockets.addresses(host, port)
    look = _Look(sockets, host, port, target.ca_file)
    found = await together(look.at(address) for address in addresses)
    return Certificates(host, port, private=target.ca_file is not None, addresses=tuple(found))


class _Look:
    def __init__(self, sockets: Sockets, host: str, port: int, ca_file: str | None) -> None:
        self._sockets, self._host, self._port, self._ca_file = sockets, host, port, ca_file

    async def at(self, address: str) -> AddressCertificates:
        try:
            verdict, leaf = await self._handshake(address, trust.context(self._ca_file))
        except (Unreachable, DeadlinePassed) as silence:
            return AddressCertificates(address, mute=mute(silence))
        elliptic, rsa = await together([self._flight(address, _ECDSA), self._flight(address, _RSA)])
        flights = [flight for flight in (elliptic, rsa) if flight.chain]
        chains = {flight.chain[0]: _chain(flight, verdict) for flight in flights if flight.chain}
        if not chains:
            sent = await self._unverified(address)
            if not sent:
                return AddressCertificates(address, mute=Mute(verdict.reason or "it sends no certificate"))
            return AddressCertificates(address, (_sent(sent, verdict, staple_visible=False),))
        if len(chains) > 1:
            # Which of them the handshake met is not told where it failed, so ask for each by its kind of key.
            for der, flight in zip(tuple(chains), flights, strict=True):
                verdict, _ = await self._handshake(address, self._only("ECDSA" if flight is elliptic else "aRSA"))
                chains[der] = _chain(flight, verdict)
        ordered = sorted(chains, key=lambda der: der != leaf)
        return AddressCertificates(address, tuple(chains[der] for der in ordered))

    async def _handshake(self, address: str, context: ssl.SSLContext) -> tuple[Trust, bytes | None]:
        """Shake hands as a client does that checks everything; return the verdict and the leaf it met."""
        try:
            async with self._sockets.connect_tls(
                self._host, self._port, context=context, address=address, timeout=TIMEOUT
            ) as (_, writer):
                secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
                return Trust(True, protocol=secured.version() or ""), secured.getpeercert(binary_form=True)
        except ssl.SSLCertVerificationError as refused:
            return Trust(False, refused.verify_code, refused.verify_message), None
        except ssl.SSLError as failed:
            return Trust(None, reason=_words(failed)), None
        except OSError as broken:
            return Trust(None, reason=f"the handshake broke off ({broken or type(broken).__name__})"), None

    async def _flight(self, address: str, suites: Sequence[int]) -> ServerFlight:
        offer = Offer(Protocol.TLS_1_2, suites, cipher_suites.TLS12_CURVES, staple=True)
        asked = Address(self._sockets, self._host, self._port, address)
        return (await asked.ask(offer, enough=lambda flight: flight.finished)).flight

    async def _unverified(self, address: str) -> tuple[bytes, ...]:
        """Return the chain of a server that speaks TLS 1.3 alone, which encrypts it.

        The handshake is not verified, since a bad chain is what must be read; nothing is judged by it and nothing is
        sent over it. The verdict is that of :meth:`_handshake`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            async with self._sockets.connect_tls(
                self._host, self._port, context=context, address=address, timeout=TIMEOUT
            ) as (_, writer):
                return _chain_of(writer.get_extra_info("ssl_object"))
        except OSError:  # ssl.SSLError is one
            return ()

    def _only(self, authentication: str) -> ssl.SSLContext:
        context = trust.context.__wrapped__(self._ca_file)  # the cached one is everybody's
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(authentication)
        return context


def _chain_of(secured: ssl.SSLObject) -> tuple[bytes, ...]:
    public = getattr(secured, "get_unverified_chain", None)  # since Python 3.13
    if public is not None:
        return tuple(public())
    # Before that the same method is there, but not in public: 3.10 to 3.12.
    import _ssl

    inner = getattr(secured, "_sslobj", None)
    chain = inner.get_unverified_chain() if inner is not None else None
    return tuple(certificate.public_bytes(_ssl.ENCODING_DER) for certificate in chain or ())


def _chain(flight: ServerFlight, verdict: Trust) -> SentChain:
    return _sent(flight.chain or (), verdict, staple=flight.staple)


def _sent(
    chain: Iterable[bytes], verdict: Trust, *, staple: bytes | None = None, staple_visible: bool = True
) -> SentChain:
    readable: list[Certificate] = []
    unreadable = 0
    for der in chain:
        try:
            readable.append(reading.parse(der))
        except reading.Unreadable:
            unreadable += 1
    return SentChain(tuple(readable), verdict, unreadable, staple, staple_visible)


def _words(failed: ssl.SSLError) -> str:
    return (failed.reason or str(failed) or type(failed).__name__).lower().replace("_", " ")
