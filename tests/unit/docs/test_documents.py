"""The documents say what is so: their links lead somewhere, and what they show to be copied works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pytest_readiness.checks import checklist
from pytest_readiness.model.checks import Check
from pytest_readiness.model.http import Exchange, Headers, Landing
from pytest_readiness.settings.tables import Document

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])
FRAGMENTS = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
KINDS = ("added", "changed", "fixed", "removed", "security")


def named(paths):
    return {"argvalues": paths, "ids": [str(path.relative_to(ROOT)) for path in paths]}


def blocks(path, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", **named(DOCUMENTS))
class TestEveryDocument:
    def test_its_links_to_files_lead_to_files(self, path):
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8"))
        assert [link for link in links if not (path.parent / link).exists()] == []

    def test_its_toml_is_what_settings_accept(self, path):
        for block in blocks(path, "toml"):
            assert Document.model_validate(tomllib.loads(block)).model_fields_set

    def test_its_python_compiles(self, path):
        for block in blocks(path, "python"):
            compile(block, str(path), "exec")

    def test_the_items_it_names_by_mark_or_option_exist(self, path):
        text = path.read_text(encoding="utf-8")
        marks = re.findall(r'@readiness\.(\w+)\("([a-z0-9-]+)"\)', text)
        explained = re.findall(r"--readiness-explain=([a-z0-9-]+/[a-z0-9-]+)", text)
        for item in [f"{area}/{name}" for area, name in marks] + explained:
            assert checklist.item(item).id == item


class TestChangelogFragments:
    @pytest.mark.parametrize("path", **named(FRAGMENTS))
    def test_its_name_is_topic_and_kind(self, path):
        assert re.fullmatch(rf"[a-z0-9][a-z0-9-]*\.({'|'.join(KINDS)})\.md", path.name)
        assert path.read_text(encoding="utf-8").strip()

    def test_the_kinds_are_those_that_its_readme_lists(self):
        readme = (ROOT / "changelog.d" / "README.md").read_text(encoding="utf-8")
        assert tuple(re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)) == KINDS


class TestTheCheckThatContributingShows:
    @pytest.fixture
    def content_type_options(self):
        """The check, as somebody who copied it has it."""
        (code,) = blocks(ROOT / "CONTRIBUTING.md", "python")
        names = {}
        exec(compile(code, "CONTRIBUTING.md", "exec"), names)
        shown = names["content_type_options"]
        assert isinstance(shown, Check)
        return shown

    @pytest.mark.parametrize(
        ("lines", "summaries"),
        [
            ((("x-content-type-options", "NoSniff"),), []),
            ((("X-Content-Type-Options", "nosniff"), ("X-Content-Type-Options", "bogus")), []),
            ((("X-Content-Type-Options", "bogus, nosniff"),), ["browsers guess the kind of content"]),
            ((), ["browsers guess the kind of content"]),
        ],
        ids=["set", "first value counts", "second value does not", "missing"],
    )
    def test_it_judges_as_it_says(self, content_type_options, lines, summaries):
        landing = Landing(Exchange("GET", "https://shop.test/", 200, Headers(lines)))
        assert [finding.summary for finding in content_type_options(landing)] == summaries
