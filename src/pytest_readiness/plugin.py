"""Pytest's way in. It runs in every pytest session, so it imports nothing that a plain session does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_readiness.model.targets import Target


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("readiness", "production readiness")
    group.addoption(
        "--readiness",
        action="append",
        default=[],
        metavar="TARGET",
        help="judge TARGET by the readiness checklist; repeatable, comma lists, globs and `all`",
    )
    group.addoption(
        "--readiness-allow", metavar="EFFECT", help="widen this run up to the target's allow_up_to: exercise, disrupt"
    )
    group.addoption(
        "--readiness-gate",
        metavar="SEVERITY",
        help="what is as severe as this makes NOT READY: low, medium (default), high, critical",
    )
    group.addoption(
        "--readiness-level", metavar="LEVEL", help="the items that must hold: bronze, silver, gold (default)"
    )
    group.addoption(
        "--readiness-report",
        action="append",
        default=[],
        metavar="FILE",
        help="write a report; repeatable; the suffix picks the form: .json .md .sarif .prom .intoto.json",
    )
    group.addoption(
        "--readiness-sign-key",
        metavar="REFERENCE",
        help="sign .intoto.json reports by this private key: env:NAME or file:PATH",
    )
    group.addoption(
        "--readiness-list",
        action="store_true",
        help="list items, checks, what is configured and what is missing; sends nothing",
    )
    group.addoption(
        "--readiness-explain",
        metavar="ITEM",
        help="tell what an item is, why, how it is measured, and how to fix and configure it; sends nothing",
    )
    parser.addini(
        "readiness_prefilter",
        "under --readiness, pass over test files that do not contain the word readiness (default: true)",
        type="bool",
        default=True,
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from pytest_readiness import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def _asked(config: pytest.Config) -> bool:
    return bool(config.getoption("readiness") or config.getoption("readiness_list"))


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if config.getoption("readiness_explain"):
        from pytest_readiness.explain import explain

        return explain(config)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "readiness(area, item, severity): proves a line of the readiness checklist; write @readiness.<area>"
    )
    if _asked(config) or config.getoption("showfixtures") or config.getoption("show_fixtures_per_test"):
        from pytest_readiness import fixtures

        config.pluginmanager.register(fixtures, "readiness-fixtures")
    if _asked(config):
        from pytest_readiness import configure

        configure.start(config)
    elif any(argument.startswith("--readiness-report") for argument in config.invocation_params.args):
        # An empty variable in a pipeline must not leave an earlier READY in that file and be green.
        raise pytest.UsageError("--readiness-report without a target: say which, --readiness=TARGET")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _asked(config):
        return
    ours = [item for item in items if item.get_closest_marker("readiness") is not None]
    if ours:
        config.hook.pytest_deselected(items=ours)
        dropped = set(ours)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """The target that the test judges: a test that asks for it runs once for each target of the run.

    Example: ``assert target.url.startswith("https://")``
    """
    name = getattr(request, "param", None)
    if name is None:
        pytest.skip("no target: mark the test @readiness.<area> and run pytest --readiness=TARGET")
    from pytest_readiness.collect import RUN

    return request.config.stash[RUN].target(name)


@pytest.fixture
def readiness_facts(target: Target, pytestconfig: pytest.Config) -> Callable[[str], Any]:
    """Return the evidence of the target by name, or raise why there is none."""
    from pytest_readiness.collect import RUN
    from pytest_readiness.model.exceptions import Unverified

    facts = pytestconfig.stash[RUN].facts

    def fact(name: str) -> object:
        evidence = facts.get(target.name, name) if facts is not None else None
        if evidence is None:
            raise Unverified(f"{name} was not gathered")
        if evidence.error is not None:
            raise evidence.error
        return evidence.value

    return fact
