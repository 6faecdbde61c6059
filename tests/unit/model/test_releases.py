"""A release is told by what cannot come to mean something else."""

from __future__ import annotations

import pytest

from pytest_readiness.model.releases import Digest, Release, current, parse, release

COMMIT = "c0ffee" + "0" * 34
CONFIGURED = Release("shop", (Digest("sha256", "a" * 64),))


class TestParse:
    @pytest.mark.parametrize(
        ("text", "digest"),
        [
            ("sha256:" + "a" * 64, Digest("sha256", "a" * 64)),
            ("sha512:" + "a" * 128, Digest("sha512", "a" * 128)),
            (COMMIT, Digest("gitCommit", COMMIT)),
            ("gitCommit:" + COMMIT, Digest("gitCommit", COMMIT)),
            ("a" * 64, Digest("gitCommit", "a" * 64)),
        ],
    )
    def test_digests_and_whole_commits_are_read(self, text, digest):
        assert parse(text) == digest

    @pytest.mark.parametrize(
        "text", ["", "v2.4.0", "main", "c0ffee", COMMIT.upper(), COMMIT + "\n", "sha256:" + "a" * 63, "md5:" + "a" * 32]
    )
    def test_what_can_move_or_collide_is_refused(self, text):
        with pytest.raises(ValueError, match="is no digest: write sha256:"):
            parse(text)


class TestRelease:
    def test_a_name_alone_is_none(self):
        assert release(name="shop", digest=None, commit=None) is None

    def test_without_a_name_it_is_called_by_its_digest(self):
        assert release(name=None, digest=None, commit=COMMIT) == Release(f"gitCommit:{COMMIT}", (parse(COMMIT),))


class TestCurrent:
    @pytest.mark.parametrize("variable", ["GITHUB_SHA", "CI_COMMIT_SHA"])
    def test_the_configuration_goes_before_what_a_ci_system_sets(self, variable):
        assert current(CONFIGURED, {variable: COMMIT}) == CONFIGURED
        assert current(None, {variable: COMMIT}) == Release(f"gitCommit:{COMMIT}", (parse(COMMIT),))

    def test_what_is_set_on_purpose_goes_before_the_configuration(self):
        assert current(CONFIGURED, {"READINESS_RELEASE": COMMIT}) == Release("shop", (parse(COMMIT),))

    def test_where_nothing_says_there_is_none(self):
        assert current(None, {"GITHUB_SHA": ""}) is None

    @pytest.mark.parametrize("variable", ["READINESS_RELEASE", "GITHUB_SHA", "CI_COMMIT_SHA"])
    def test_a_variable_that_holds_no_digest_is_named(self, variable):
        with pytest.raises(ValueError, match=f"the environment variable {variable}: 'v1' is no digest"):
            current(None, {variable: "v1"})
