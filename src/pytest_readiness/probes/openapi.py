"""The service's own description of its API."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.http import OpenApi, Silence
from pytest_readiness.model.targets import Target

SIZE = 8_388_608
"""Bytes of a document that are read."""

DEPTH = 100
"""How deep a document may be nested."""


@evidence(sends="1 GET on the OpenAPI document, redirects within the host followed; nothing where it is a file")
async def openapi(target: Target, http: HttpClient) -> OpenApi:
    """The OpenAPI document, as JSON has it.

    Raises:
        Unverified: None is configured, it cannot be read, it is not JSON, or it is no OpenAPI document.
    """
    if target.openapi is None:
        raise Unverified(
            "no OpenAPI document is configured",
            fix=f'[targets.{target.name}]\nopenapi = "/openapi.json"  # a path, a URL or a file',
        )
    location, content = await _content(target, target.openapi, http)
    return OpenApi(location, _document(location, content))


async def _content(target: Target, place: str, http: HttpClient) -> tuple[str, bytes]:
    if place.startswith(("http://", "https://")):
        if (urlsplit(place).hostname or "").rstrip(".") != target.host:
            raise Unverified(
                f"the OpenAPI document is on another host than {target.host}",
                fix='openapi = "file.json", a copy of it',
            )
    elif not place.startswith("/"):
        return place, await asyncio.to_thread(_file, Path(place.removeprefix("file:")))
    answer = (await http.follow(place, cap=SIZE))[-1]
    if isinstance(answer, Silence):
        raise Unverified(f"the OpenAPI document cannot be read: {answer.url}: {answer}")
    if answer.status != 200:
        raise Unverified(
            f"there is no OpenAPI document at {answer.url}: it answers {answer.status}",
            fix="openapi = the path, URL or file where it is",
        )
    if answer.truncated:
        raise Unverified(f"the OpenAPI document at {answer.url} is larger than {SIZE // 1_048_576} MiB, or broke off")
    return answer.url, answer.body


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(SIZE + 1)
    except OSError as error:
        raise Unverified(
            f"the OpenAPI document cannot be read: {path}: {error.strerror}", fix="openapi = the file that it is in"
        ) from error
    if len(content) > SIZE:
        raise Unverified(f"the OpenAPI document {path} is larger than {SIZE // 1_048_576} MiB")
    return content


def _document(location: str, content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unverified(
            f"the OpenAPI document at {location} is not JSON: YAML is not read",
            fix="openapi = the document as JSON; most frameworks serve it at /openapi.json",
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("openapi", document.get("swagger")), str):
        raise Unverified(f"what is at {location} is no OpenAPI document: it has no openapi version")
    if _deeper_than(document, DEPTH):
        raise Unverified(f"the OpenAPI document at {location} is nested deeper than {DEPTH} levels")
    return document


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether ``value`` is nested deeper than ``depth``; iterative, since depth is what is in doubt."""
    level = [value]
    for _ in range(depth):
        level = [
            part
            for node in level
            if isinstance(node, dict | list)
            for part in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True
