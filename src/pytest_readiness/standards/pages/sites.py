"""Whether two hosts are likely one owner's, by their names alone."""

from __future__ import annotations

from ipaddress import ip_address

from pytest_readiness.standards.headers.csp_bypass_hosts import BYPASSES

_SHARED = frozenset(bypass.host.removeprefix("*.") for bypass in BYPASSES if bypass.host.startswith("*."))
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gouv", "ne", "net", "nom", "or", "org"})


def related(one: str, other: str) -> bool:
    """Whether two hosts share a domain that somebody registered, as far as that can be told without the public list.

    Names below a suffix where anybody gets one (``github.io``, ``co.uk``) are strangers to each other.
    """
    return one == other or (_site(one) == _site(other) and _site(one) != "")


def _site(host: str) -> str:
    """Return the registered domain; empty where the host has none."""
    try:
        ip_address(host)
    except ValueError:
        labels = host.rstrip(".").split(".")
    else:
        return ""
    suffix = 1
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        suffix = 2
    for length in range(2, len(labels)):
        if ".".join(labels[-length:]) in _SHARED:
            suffix = length
    return ".".join(labels[-suffix - 1 :]) if len(labels) > suffix else ""
