"""The OpenAPI document: wherever it is, JSON, and bounded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.http import Answer, Cause, Exchange, OpenApi, Silence
from pytest_readiness.model.targets import Target
from pytest_readiness.probes import openapi as probe

DOCUMENT = {"openapi": "3.1.0", "info": {"title": "Shop"}, "paths": {}}


class Served:
    """Answers any URL with these bytes, and remembers which."""

    def __init__(self, body: bytes = b"", status: int = 200, *, truncated: bool = False, silent: bool = False) -> None:
        self._body, self._status, self._truncated, self._silent = body, status, truncated, silent
        self.asked: list[str] = []

    async def follow(self, url: str, *, cap: int) -> tuple[Answer, ...]:
        self.asked.append(url)
        if self._silent:
            return (Silence("GET", url, Cause.TIMED_OUT),)
        return (Exchange("GET", url, self._status, body=self._body, truncated=self._truncated),)


async def read(place: str | None, served: Served | None = None) -> OpenApi:
    found = await probe.openapi(Target("prod", "https://shop.test/", openapi=place), served or Served())
    assert isinstance(found, OpenApi)
    return found


@pytest.mark.parametrize(
    "place", ["/openapi.json", "https://shop.test/openapi.json", "https://SHOP.test./openapi.json"]
)
async def test_a_path_or_url_of_the_target_is_asked_for(place: str):
    served = Served(json.dumps(DOCUMENT).encode())
    assert (await read(place, served)).document == DOCUMENT
    assert served.asked == [place]


@pytest.mark.parametrize("prefix", ["", "file:"])
async def test_a_file_is_read_and_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str):
    (tmp_path / "api.json").write_text(json.dumps(DOCUMENT))
    monkeypatch.chdir(tmp_path)
    served = Served()
    assert await read(f"{prefix}api.json", served) == OpenApi("api.json" if not prefix else "file:api.json", DOCUMENT)
    assert served.asked == []


async def test_none_configured_is_unverified_with_the_line_to_add():
    with pytest.raises(Unverified) as raised:
        await read(None)
    assert raised.value.fix.startswith('[targets.prod]\nopenapi = "/openapi.json"')


async def test_another_host_is_not_asked():
    served = Served()
    with pytest.raises(Unverified, match=r"on another host than shop.test"):
        await read("https://api.example/openapi.json", served)
    assert served.asked == []


@pytest.mark.parametrize(
    ("served", "reason"),
    [
        (Served(b"openapi: 3.1.0\n"), "is not JSON: YAML is not read"),
        (Served(b"[" * 200_000), "is not JSON"),
        (Served(b"\xff\xfe{"), "is not JSON"),
        (Served(b'{"title": "x"}'), "is no OpenAPI document"),
        (Served(b"[]"), "is no OpenAPI document"),
        (Served(b"", 404), "it answers 404"),
        (Served(b"{}", truncated=True), "larger than 8 MiB, or broke off"),
        (Served(silent=True), "cannot be read: .*timed out"),
    ],
)
async def test_what_cannot_be_read_is_unverified_for_its_cause(served: Served, reason: str):
    with pytest.raises(Unverified, match=reason):
        await read("/openapi.json", served)


async def test_a_missing_file_is_unverified(tmp_path: Path):
    with pytest.raises(Unverified, match="No such file"):
        await read(f"file:{tmp_path}/api.json")


async def test_a_large_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "SIZE", 1024)
    (tmp_path / "api.json").write_bytes(b" " * 1025)
    with pytest.raises(Unverified, match="larger than"):
        await read(f"file:{tmp_path}/api.json")


@pytest.mark.parametrize(("depth", "refused"), [(90, False), (110, True)])
async def test_depth_is_bounded(depth: int, refused: bool):
    body = b'{"openapi":"3.1.0","x":' + b"[" * depth + b"]" * depth + b"}"
    if refused:
        with pytest.raises(Unverified, match="nested deeper"):
            await read("/openapi.json", Served(body))
    else:
        assert (await read("/openapi.json", Served(body))).document["openapi"] == "3.1.0"
