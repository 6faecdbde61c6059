"""A URL that carries credentials: where they go, and where they never show."""

from __future__ import annotations

import base64
import copy
import pickle
from dataclasses import asdict
from pathlib import Path

import pytest

from pytest_readiness.model.secrets import Secret
from pytest_readiness.model.targets import Target
from pytest_readiness.settings.load import Settings

PASSWORD = "s3cr3t/word"


@pytest.fixture
def settings(read) -> Settings:
    return read('[targets.prod]\nurl = "env:SHOP_URL"')


@pytest.fixture
def target(settings: Settings) -> Target:
    return settings.targets["prod"]


def test_the_url_is_kept_without_them(target: Target) -> None:
    assert target.url == "https://shop.test/start?x=1"


def test_they_are_kept_decoded_as_a_secret(target: Target) -> None:
    assert target.credentials is not None
    assert target.credentials.reveal() == f"alice:{PASSWORD}"


def test_a_file_serves_too(read, tmp_path: Path) -> None:
    (tmp_path / "url.txt").write_text("https://alice:pw%3Aword@shop.test:8443/\n")
    target = read('[targets.prod]\nurl = "file:url.txt"').targets["prod"]
    assert (target.url, target.credentials) == (
        "https://shop.test:8443/",
        Secret("alice:pw:word", "file:url.txt"),
    )


def test_a_url_without_them_has_none(read) -> None:
    target = read('[targets.prod]\nurl = "env:SHOP_PLAIN_URL"').targets["prod"]
    assert (target.url, target.credentials) == ("https://shop.test", None)


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(repr, id="repr"),
        pytest.param(str, id="str"),
        pytest.param("{}".format, id="format"),
        pytest.param("{!r:>300}".format, id="format with a width"),
        pytest.param(asdict, id="asdict"),
        pytest.param(lambda target: f"{target.credentials}", id="f-string"),
    ],
)
def test_no_way_of_showing_the_target_shows_them(target: Target, shown) -> None:
    assert PASSWORD not in str(shown(target))
    assert "alice" not in str(shown(target))


def test_the_settings_do_not_show_them_either(settings: Settings) -> None:
    assert PASSWORD not in repr(settings)
    assert PASSWORD not in str(settings)


def test_they_survive_a_copy_and_never_enter_a_pickle(target: Target) -> None:
    """Evidence is pickled and kept; a secret in it would be kept with it."""
    assert copy.deepcopy(target) == target
    assert copy.copy(target.credentials) is target.credentials
    with pytest.raises(TypeError, match=r"^Secret\(env:SHOP_URL\) is not pickled"):
        pickle.dumps(target)


@pytest.mark.parametrize(
    "text",
    [
        f"password is {PASSWORD}.",
        "GET https://alice:s3cr3t%2Fword@shop.test",
        "GET /?password=s3cr3t%2Fword",
        f"Authorization: Basic {base64.b64encode(f'alice:{PASSWORD}'.encode()).decode()}",
        f"token={base64.b64encode(PASSWORD.encode()).decode()}",
    ],
)
def test_the_redactor_of_the_run_masks_them_however_they_are_written(settings: Settings, text: str) -> None:
    masked = settings.redactor(text)
    assert "***" in masked
    for trace in (PASSWORD, "s3cr3t", base64.b64encode(PASSWORD.encode()).decode().rstrip("=")):
        assert trace not in masked
