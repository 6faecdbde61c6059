"""The pages that are made from the code are current."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def made_pages():
    specification = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return list(module.pages())


@pytest.mark.parametrize(("file", "text"), made_pages(), ids=lambda value: getattr(value, "name", ""))
def test_a_reference_page_says_what_the_code_says(file, text):
    """`make docs` writes them anew; what is committed is what it writes."""
    assert file.read_text(encoding="utf-8") == text
