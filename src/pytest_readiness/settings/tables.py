"""The shape of readiness.toml, as pydantic models: what validates it and what its JSON Schema is made from."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.settings import durations, references

EffectWord = Literal["observe", "exercise", "disrupt"]
NAME = r"^[a-z0-9][a-z0-9-]*$"


def _url(text: str) -> str:
    if references.is_reference(text):
        return text
    try:
        split = urlsplit(text)
        port_is_fine = split.port is None or split.port > 0
    except ValueError as error:
        raise ValueError(f"{text!r} is no URL ({error}): write https://host[:port][/path]") from None
    if split.password is not None:
        # The value itself must not be repeated: error messages end in logs.
        raise ValueError(
            'there is a password in the URL: keep the whole URL in an environment variable and write url = "env:NAME"'
        )
    if split.scheme not in {"http", "https"} or not split.hostname or not port_is_fine:
        raise ValueError(f"{text!r} is no URL of a site: write https://host[:port][/path]")
    if split.fragment:
        raise ValueError(f"{text!r} has a fragment, which is never sent: leave out '#{split.fragment}'")
    return text


def _address(text: str) -> str:
    host, port = text, ""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        ipaddress.ip_address(host)
        fine = not port or 0 < int(port) < 65536
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
        if not colon or not host or not re.fullmatch(r"\d{1,5}", port):
            raise ValueError(f'{key!r} is no host:port: write "shop.example.com:443"')
        for entry in value.split(","):
            if not entry.strip().rpartition(":")[2].isdigit() or ":" not in entry:
                raise ValueError(f"{entry.strip()!r} has no port: write address:port, such as '127.0.0.1:8443'")
            _address(entry.strip())
        checked[f"{host.lower().rstrip('.')}:{port}"] = value
    return checked


Path = Annotated[str, AfterValidator(_path)]
Address = Annotated[str, AfterValidator(_address)]
Duration = Annotated[str, AfterValidator(_duration), Field(json_schema_extra={"pattern": durations.PATTERN})]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BudgetTable(_Table):
    """What a run may send to the target."""

    requests_per_second: Annotated[float, Field(gt=0, strict=False)] = Field(
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

    url: Annotated[str, AfterValidator(_url)] = Field(
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
    openapi: str | None = Field(default=None, description="The OpenAPI document, JSON: a path, a URL or a file.")
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
    rdap_bootstrap: str = Field(
        default="https://data.iana.org/rdap/dns.json",
        description="Registry of RDAP servers (RFC 9224): a URL or a file.",
    )
    acme_directory: str | None = Field(
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


class Document(_Table):
    """The whole of readiness.toml, or of [tool.readiness] in pyproject.toml."""

    targets: dict[Annotated[str, Field(pattern=NAME)], TargetTable] = Field(
        default_factory=dict, description="Environments by name."
    )
    thresholds: ThresholdsTable = Field(  # type: ignore[valid-type]  # made above, from the model's own fields
        default_factory=ThresholdsTable, description="Limits that differ from the defaults."
    )
