"""Mozilla's Server Side TLS profiles as data, and what departs from them.

Source: https://wiki.mozilla.org/Security/Server_Side_TLS, guidelines version 6.0 of 2026-04-06. Since 5.8 they name
X25519MLKEM768 first and no finite-field suite; 6.0 dropped the level "old".
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_readiness.model.tls import Protocol
from pytest_readiness.standards.tls import cipher_suites

SOURCE = "https://wiki.mozilla.org/Security/Server_Side_TLS"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a server may agree to.

    Attributes:
        name: What Mozilla calls it.
        version: Of the guidelines.
        protocols: Protocols, oldest first.
        suites: Cipher suites, by number.
        groups: Groups for ephemeral keys, by number.
        dh_bits: The smallest finite-field group.
    """

    name: str
    version: str
    protocols: frozenset[Protocol]
    suites: frozenset[int]
    groups: frozenset[int]
    dh_bits: int

    def __str__(self) -> str:
        return f"Mozilla {self.name} {self.version}"


_TLS13_SUITES = frozenset({0x1301, 0x1302, 0x1303})
_GROUPS = frozenset({cipher_suites.X25519MLKEM768, 0x001D, 0x0017, 0x0018})

INTERMEDIATE = Profile(
    name="intermediate",
    version="6.0",
    protocols=frozenset({Protocol.TLS_1_2, Protocol.TLS_1_3}),
    # ECDHE with AES-128-GCM, AES-256-GCM or ChaCha20-Poly1305, for ECDSA and for RSA certificates.
    suites=_TLS13_SUITES | {0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8},
    groups=_GROUPS,
    dh_bits=2048,
)
MODERN = Profile(
    name="modern",
    version="6.0",
    protocols=frozenset({Protocol.TLS_1_3}),
    suites=_TLS13_SUITES,
    groups=_GROUPS,
    dh_bits=2048,
)
PROFILES: dict[str, Profile] = {profile.name: profile for profile in (INTERMEDIATE, MODERN)}


@dataclass(frozen=True, slots=True)
class Departures:
    """What a server agrees to and a profile does not.

    Attributes:
        broken: Nobody should agree to these, whatever the profile.
        others: Sound, or merely old.
    """

    broken: tuple[int, ...]
    others: tuple[int, ...]


def protocols_off(profile: Profile, offered: tuple[Protocol, ...]) -> tuple[Protocol, ...]:
    """Return the protocols that the profile has not, oldest first."""
    return tuple(sorted(set(offered) - profile.protocols))


def suites_off(profile: Profile, offered: tuple[int, ...]) -> Departures:
    """Return the suites that the profile has not, by number."""
    off = sorted(set(offered) - profile.suites)
    return Departures(
        broken=tuple(suite for suite in off if cipher_suites.weakness(suite)),
        others=tuple(suite for suite in off if not cipher_suites.weakness(suite)),
    )


def groups_off(profile: Profile, offered: tuple[int, ...]) -> Departures:
    """Return the groups that the profile has not, by number."""
    off = sorted(set(offered) - profile.groups)
    return Departures(
        broken=tuple(group for group in off if group in cipher_suites.WEAK_GROUPS),
        others=tuple(group for group in off if group not in cipher_suites.WEAK_GROUPS),
    )
