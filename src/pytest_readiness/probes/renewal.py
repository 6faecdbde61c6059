"""What the issuers of the certificates in use say about renewing them."""

from __future__ import annotations

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.http import Exchange
from pytest_readiness.model.targets import Target
from pytest_readiness.model.tls import Certificate, CertificateRenewal, Certificates, Renewal
from pytest_readiness.probes.together import together
from pytest_readiness.standards.tls import acme


@evidence(
    sends="for each certificate in use, GET of its issuer's ACME directory and of its renewal information (RFC 9773), "
    "where the issuer is known to give it or `acme_directory` names it; nothing to the target"
)
async def renewal(target: Target, http: HttpClient, certificates: Certificates) -> Renewal:
    """When the issuers suggest that the certificates in use be renewed."""
    leaves = {
        chain.leaf.fingerprint: chain.leaf
        for address in certificates.addresses
        for chain in address.chains
        if chain.certificates
    }
    asked = await together(_ask(target, http, leaf) for leaf in leaves.values())
    return Renewal(tuple(asked))


async def _ask(target: Target, http: HttpClient, certificate: Certificate) -> CertificateRenewal:
    directory = target.acme_directory or acme.directory_of(certificate)
    if directory is None:
        return CertificateRenewal(certificate, silence="no ACME directory of its issuer is known")
    answer = await http.elsewhere(directory)
    if not isinstance(answer, Exchange) or answer.status != 200:
        return CertificateRenewal(certificate, asked=directory, silence=f"the ACME directory: {_said(answer)}")
    try:
        url = acme.renewal_url(answer.body, certificate)
    except acme.Malformed as problem:
        return CertificateRenewal(certificate, asked=directory, silence=str(problem))
    if url is None:
        silence = "its issuer gives no renewal information"
        return CertificateRenewal(certificate, asked=directory, silence=silence)
    answer = await http.elsewhere(url)
    if not isinstance(answer, Exchange) or answer.status != 200:
        return CertificateRenewal(certificate, asked=url, silence=f"the renewal information: {_said(answer)}")
    try:
        return CertificateRenewal(certificate, acme.parse_window(answer.body), asked=url)
    except acme.Malformed as problem:
        return CertificateRenewal(certificate, asked=url, silence=str(problem))


def _said(answer: object) -> str:
    return f"status {answer.status}" if isinstance(answer, Exchange) else str(answer)
