"""Ordered words."""

from __future__ import annotations

import pytest

from pytest_readiness.model.scales import Effect, Level, Severity


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (Severity, ("low", "medium", "high", "critical")),
        (Level, ("bronze", "silver", "gold")),
        (Effect, ("observe", "exercise", "disrupt")),
    ],
)
def test_words_go_from_least_to_most_and_back(scale, words: tuple[str, ...]) -> None:
    assert scale.words() == words
    assert [str(scale.of(word)) for word in words] == list(words)
    assert max(scale) is scale.of(words[-1])


@pytest.mark.parametrize("word", ["", "bad", "HIGHER", None, 3])
def test_another_word_is_told_with_those_there_are(word: object) -> None:
    with pytest.raises(ValueError, match=r"is not one of low, medium, high, critical$"):
        Severity.of(word)
