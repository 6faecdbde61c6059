"""The authorities that a target's certificates are judged by."""

from __future__ import annotations

import ssl
from functools import lru_cache

from pytest_readiness.model.exceptions import ConfigurationError


@lru_cache(maxsize=64)
def context(ca_file: str | None, protocols: tuple[str, ...] = (), *, public: bool = False) -> ssl.SSLContext:
    """Return a verifying client context, shared by all who ask for the same.

    Args:
        ca_file: PEM file of the authorities in place of the system's; None for the system's.
        protocols: ALPN protocols to offer.
        public: Whether the system's authorities are trusted besides those of ``ca_file``.
    """
    try:
        made = ssl.create_default_context(cafile=None if public else ca_file)
        if (ca_file is None or public) and not made.get_ca_certs() and not _finds_authorities_by_folder():
            import certifi

            made.load_verify_locations(certifi.where())
        if public and ca_file is not None:
            made.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"{ca_file!r} cannot be read as PEM certificates ({error})", key="ca_file", remedy="name a PEM file"
        ) from error
    # Python 3.13 adds VERIFY_X509_STRICT, which browsers do not have: the verdict must not hang on the interpreter.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if protocols:
        made.set_alpn_protocols(list(protocols))
    return made


def _finds_authorities_by_folder() -> bool:
    # A folder of authorities (SSL_CERT_DIR) is read certificate by certificate as needed, so none is loaded beforehand.
    paths = ssl.get_default_verify_paths()
    return paths.capath is not None and paths.cafile is None
