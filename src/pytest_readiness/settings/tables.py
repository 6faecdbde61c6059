"""The shape of readiness.toml, as pydantic models: what validates it and what its JSON Schema is made from."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from pytest_readiness.model import releases
from pytest_readiness.model.checks import AREAS
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.settings import durations, references, sites

EffectWord = Literal["observe", "exercise", "disrupt"]
ITEM = rf"^({'|'.join(AREAS)})/[a-z0-9][a-z0-9-]*$"
CHECK = rf"^({'|'.join(AREAS)})::[a-z0-9][a-z0-9-]*$"
NAME = r"^[a-z0-9][a-z0-9-]*$"


def _url(text: str) -> str:
    if references.is_reference(text):
        return text
    if sites.has_user(text):
        # The value itself must not be repeated: error messages end in logs.
        raise ValueError(
            'there is a password in the URL: keep the whole URL in an environment variable and write url = "env:NAME"'
        )
    sites.site(text)
    return text


def _address(text: str) -> str:
    host, port = text, None
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") if rest else None
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        ipaddress.ip_address(host)
        fine = port is None or _is_port(port)
    except ValueError:
        fine = False
    if not fine:
        raise ValueError(f"{text!r} is no IP address: write address or address:port, IPv6 as [address]:port")
    return text


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError(f"{text!r} is no path: start it with '/'")
    return text


def _duration(text: str) -> str:
    durations.parse(text)
    return text


def _resolve(table: dict[str, str]) -> dict[str, str]:
    checked = {}
    for key, value in table.items():
        host, colon, port = key.rpartition(":")
        if not colon or not host or not _is_port(port):
            raise ValueError(f'{key!r} is no host:port: write "shop.example.com:443"')
        if not host.isascii():
            raise ValueError(f"{key!r} has letters beyond ASCII: write the host as the DNS has it, xn--…")
        for entry in (part.strip() for part in value.split(",")):
            address, colon, number = entry.rpartition(":")
            if not colon or not _is_port(number) or (":" in address and not address.startswith("[")):
                raise ValueError(f"{entry!r} has no port: write address:port, such as '127.0.0.1:8443' or '[::1]:8443'")
            _address(entry)
        checked[f"{host.lower().rstrip('.').strip('[]')}:{port}"] = value
    return checked


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and 0 < int(text) < 65536


Path = Annotated[str, AfterValidator(_path), Field(json_schema_extra={"pattern": "^/"})]
Elsewhere = Annotated[str, AfterValidator(sites.without_password)]
Address = Annotated[str, AfterValidator(_address)]
Duration = Annotated[str, AfterValidator(_duration), Field(json_schema_extra={"pattern": durations.PATTERN})]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BudgetTable(_Table):
    """What a run may send to the target."""

    requests_per_second: Annotated[float, Field(ge=0.01, le=10_000, allow_inf_nan=False)] = Field(
        default=50, description="Requests and handshakes a second."
    )
    connections: Annotated[int, Field(ge=1, le=256)] = Field(
        default=8, description="Connections open at the same time."
    )
    requests: Annotated[int, Field(ge=1)] = Field(
        default=2000, description="Requests, handshakes and queries in a run."
    )


class HealthTable(_Table):
    """Where the service says how it is."""

    liveness: Path | None = Field(default=None, description="Path that answers while the process lives.")
    readiness: Path | None = Field(default=None, description="Path that answers whether the service can serve.")


class TargetTable(_Table):
    """One environment of one service."""

    url: Annotated[str, AfterValidator(_url), Field(json_schema_extra={"pattern": sites.PATTERN})] = Field(
        description="Where visitors go: https://host[:port]/path, or env:NAME or file:PATH that holds it; a URL held "
        "there may carry user:password for HTTP basic authentication."
    )
    production: bool = Field(default=False, description="Nothing is ever disrupted here.")
    allow: EffectWord = Field(default="observe", description="The most that a run may do unasked.")
    allow_up_to: EffectWord | None = Field(
        default=None,
        description="The most that --readiness-allow may widen a run to; the same as allow where it is left out.",
    )
    budget: BudgetTable = Field(default_factory=BudgetTable, description="What a run may send.")
    pages: list[Path] = Field(
        default_factory=list, description="Paths to look at besides the URL itself and an error page."
    )
    openapi: Elsewhere | None = Field(default=None, description="The OpenAPI document, JSON: a path, a URL or a file.")
    health: HealthTable = Field(default_factory=HealthTable, description="Where the service says how it is.")
    resolve: Annotated[dict[str, str], AfterValidator(_resolve)] = Field(
        default_factory=dict,
        description='"host:port" = "address:port" to connect to in its place, several divided by commas; certificates '
        "are still checked against the host.",
    )
    ca_file: str | None = Field(
        default=None, description="PEM file of the authorities to trust in place of the system's."
    )
    nameservers: list[Address] = Field(
        default_factory=list, description="Resolvers to ask in place of the system's: address or address:port."
    )
    trust_anchor_file: str | None = Field(
        default=None, description="File of DNSSEC trust anchors, DS or DNSKEY records, in place of IANA's."
    )
    rdap_bootstrap: Elsewhere = Field(
        default="https://data.iana.org/rdap/dns.json",
        description="Registry of RDAP servers (RFC 9224): a URL or a file.",
    )
    acme_directory: Elsewhere | None = Field(
        default=None,
        description="ACME directory of the certificate's issuer, asked for renewal information (RFC 9773).",
    )


def _thresholds() -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, (default, doc, source) in Thresholds.documentation().items():
        text = f"{doc[0].upper()}{doc[1:]}{f' ({source})' if source else ''}."
        fields[name] = (Duration, Field(default=durations.spell(default), description=text))
    return create_model("ThresholdsTable", __base__=_Table, __doc__="The limits that checks judge by.", **fields)


ThresholdsTable = _thresholds()


Text = Annotated[str, Field(min_length=1)]
ItemId = Annotated[str, Field(pattern=ITEM)]
CheckId = Annotated[str, Field(pattern=CHECK)]
SeverityWord = Literal["low", "medium", "high", "critical"]


class GateTable(_Table):
    """What keeps a target from being ready."""

    severity: SeverityWord | None = Field(
        default=None, description="The least severity that does, as --readiness-gate; medium where it is left out."
    )
    level: Literal["bronze", "silver", "gold"] | None = Field(
        default=None, description="The items that must hold, as --readiness-level; gold where it is left out."
    )
    max_waiver_days: Annotated[int, Field(ge=1, le=3660)] = Field(
        default=180, description="How many days ahead a waiver may expire."
    )
    max_active_waivers: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="How many waivers may count at the same time; any number where it is left out."
    )


class WaiverTable(_Table):
    """A failure that is accepted for a while; the check still runs and shows what it found."""

    item: ItemId | None = Field(default=None, description="The item whose failures are accepted, area/name.")
    check: CheckId | None = Field(default=None, description="The one check whose failure is accepted, area::name.")
    target: Text = Field(default="*", description="The target, or a glob.")
    reason: Text = Field(description="Why it is accepted.")
    owner: Text = Field(description="Who answers for it.")
    approved_by: Text = Field(description="Who agreed; never the owner.")
    expires: date = Field(description="The last day, UTC, on which it counts.")


class AttestationTable(_Table):
    """Somebody's word for an item that no system can be asked about."""

    item: ItemId = Field(description="The item, area/name.")
    target: Text = Field(default="*", description="The target, or a glob.")
    by: Text = Field(description="Whose word it is.")
    on: date = Field(description="The day on which it was given.")
    valid_for: Duration = Field(description="How long it counts.")
    evidence: Text = Field(description="A URL, or a file whose SHA-256 is recorded.")


class ExclusionTable(_Table):
    """A statement that an item does not concern a target."""

    item: ItemId = Field(description="The item, area/name.")
    target: Text = Field(default="*", description="The target, or a glob.")
    reason: Text = Field(description="Why it does not.")
    unless: Text | None = Field(default=None, description="The key that makes the statement void by being there.")


class ItemTable(_Table):
    """A line of the user's own checklist, or what differs in one of the built-in ones."""

    id: ItemId = Field(description="area/name, of a new item or of a built-in one.")
    title: Text | None = Field(default=None, description="The line itself.")
    severity: SeverityWord | None = Field(default=None, description="How much it matters; medium for a new item.")
    level: Literal["bronze", "silver", "gold"] | None = Field(default=None, description="Bronze for a new item.")
    why: Text | None = Field(default=None, description="What happens to those who leave it out.")
    fix: Text | None = Field(default=None, description="What to do.")
    waivable: bool = Field(default=True, description="Whether a failure of it can be waived.")


def _digest(text: str) -> str:
    releases.parse(text)
    return text


Digest = Annotated[str, AfterValidator(_digest), Field(json_schema_extra={"pattern": releases.PATTERN})]


class ReleaseTable(_Table):
    """What is launched: the subject of a signed statement."""

    name: str | None = Field(default=None, description="What people call it, such as shop 2.4.0.")
    digest: Digest | None = Field(default=None, description="Digest of the artifact: sha256: and 64 hex digits.")
    commit: Digest | None = Field(default=None, description="The full id of the git commit that it is built from.")


class Document(_Table):
    """The whole of readiness.toml, or of [tool.readiness] in pyproject.toml."""

    targets: dict[Annotated[str, Field(pattern=NAME)], TargetTable] = Field(
        default_factory=dict, description="Environments by name."
    )
    thresholds: ThresholdsTable = Field(  # type: ignore[valid-type]  # made above, from the model's own fields
        default_factory=ThresholdsTable, description="Limits that differ from the defaults."
    )
    gate: GateTable = Field(default_factory=GateTable, description="What keeps a target from being ready.")
    waivers: list[WaiverTable] = Field(default_factory=list, description="Failures that are accepted for a while.")
    attestations: list[AttestationTable] = Field(default_factory=list, description="What somebody vouches for.")
    not_applicable: list[ExclusionTable] = Field(default_factory=list, description="What does not concern a target.")
    items: list[ItemTable] = Field(default_factory=list, description="Your own lines of the checklist.")
    release: ReleaseTable = Field(
        default_factory=ReleaseTable, description="The release that a signed statement speaks of."
    )
