"""From the command line and the configuration to a readiness run, before pytest collects anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness import signing
from pytest_readiness.collect import RUN
from pytest_readiness.extensions import checks_in, conftests, sources_in
from pytest_readiness.model.checks import Check, Item
from pytest_readiness.model.decisions import Waiver
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.scales import Effect, Level, Severity
from pytest_readiness.reporting import files
from pytest_readiness.run import DECISIONS, Options, Run, own_item, select, with_lines
from pytest_readiness.session import ReadinessSession
from pytest_readiness.settings.load import FILE, load


def start(config: pytest.Config) -> None:
    """Read the configuration, make the run and register what carries it out.

    Raises:
        pytest.UsageError: Something in the configuration or on the command line is wrong.
    """
    if not __debug__:
        raise pytest.UsageError("python -O leaves assertions out, so nothing could fail: run without -O")
    try:
        run = _run(config)
        reports = files.reports(config.getoption("readiness_report") or (), config.invocation_params.dir)
        if any(report.path.name.endswith(signing.SUFFIX) for report in reports):
            run.signing = signing.prepare(
                config.getoption("readiness_sign_key"), run.settings, config.invocation_params.dir
            )
        config.stash[RUN] = run
        notes = _quieten_others(config)
        anchor = _anchor(config, run)
        config.pluginmanager.register(ReadinessSession(config, run, anchor, reports, notes), "readiness-session")
        if config.getoption("htmlpath", None) and not config.getoption("readiness_list"):
            from pytest_readiness.reporting.html import HtmlReport

            config.pluginmanager.register(HtmlReport(config, run), "readiness-html")
        if not (config.getoption("readiness_list") or config.getoption("collectonly")):
            for report in reports:
                report.begin(run)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def _run(config: pytest.Config) -> Run:
    from pytest_readiness.checks import builtin
    from pytest_readiness.checks.checklist import items

    settings = load(config.rootpath, added=config.hook.pytest_readiness_targets(config=config))
    wanted = config.getoption("readiness") or (["all"] if settings.targets else [])
    listing = config.getoption("readiness_list") and not wanted
    options = Options(
        targets=tuple(wanted),
        allow=_word(config, "readiness_allow", Effect),
        gate=_word(config, "readiness_gate", Severity) or settings.decisions.gate or Severity.MEDIUM,
        level=_word(config, "readiness_level", Level) or settings.decisions.level or Level.GOLD,
    )
    targets = () if listing else select(wanted, settings.targets, file=FILE)
    for target in targets:
        if options.allow is not None and options.allow > target.allow_up_to:
            raise ConfigurationError(
                f"{target.name} allows no more than {target.allow_up_to}",
                key=f"--readiness-allow={options.allow}",
                remedy=f'write allow_up_to = "{options.allow}" into [targets.{target.name}]'
                if not target.production or options.allow < Effect.DISRUPT
                else "production is never disrupted",
            )
    more = [check for some in config.hook.pytest_readiness_checks(config=config) for check in some]
    sources = [source for some in config.hook.pytest_readiness_evidence(config=config) for source in some]
    checklist = with_lines({item.id: item for item in items()}, settings.decisions.lines)
    checks = (*builtin(), *more, *checks_in(conftests(config)))
    _reject_doubles(checks)
    for check in checks:
        if check.item not in checklist:
            checklist[check.item] = own_item(check.item, check.statement, check.severity)
    _reject_unwaivable(settings.decisions.waivers, checklist, checks)
    if settings.decisions:
        checklist[DECISIONS] = Item(
            DECISIONS,
            "Waivers, attestations and statements of what does not apply are in order",
            Severity.MEDIUM,
            Level.BRONZE,
            why="Exceptions that nobody looks at outlive their reasons.",
            fix="Mend what is waived, and keep only what still counts.",
            needs="the run to its end",
        )
    return Run(settings, options, targets, checklist, checks, [*sources, *sources_in(conftests(config))])


def _reject_unwaivable(waivers: Iterable[Waiver], items: Mapping[str, Item], checks: Iterable[Check[...]]) -> None:
    item_of = {check.id: check.item for check in checks}
    for waiver in waivers:
        item = items.get(item_of.get(waiver.subject, waiver.subject))
        if item is not None and not item.waivable:
            remedy = "mend it, and delete the waiver"
            raise ConfigurationError(
                f"{item.id} cannot be waived", file=waiver.where, key=waiver.subject, remedy=remedy
            )


def _reject_doubles(checks: Iterable[Check[...]]) -> None:
    seen: dict[str, Check[...]] = {}
    for check in checks:
        other = seen.setdefault(check.id, check)
        if other is not check:
            raise ConfigurationError(
                f"two checks are called {check.id}: one proves {other.item}, one {check.item}",
                remedy="give one of them a name=… of its own",
            )


def _word(config: pytest.Config, option: str, scale: type[Any]) -> Any:
    word = config.getoption(option)
    if word is None:
        return None
    try:
        return scale.of(word)
    except ValueError as error:
        raise ConfigurationError(str(error), key=f"--{option.replace('_', '-')}") from None


def _quieten_others(config: pytest.Config) -> list[str]:
    """Switch off what would judge or cut short a run that is not the application's test run, and say so."""
    option, notes = config.option, []
    if config.pluginmanager.hasplugin("xdist") and getattr(option, "numprocesses", None):
        option.dist, option.tx, option.numprocesses = "no", [], 0
        notes.append("-n is off: one process gathers, more would only multiply the load on the target")
    coverage: Any = config.pluginmanager.getplugin("_cov")
    if coverage is not None and getattr(option, "cov_source", None):
        # The application is not imported, so that --cov-fail-under would turn a ready service red.
        coverage.options.no_cov = True
    if getattr(option, "maxfail", 0) and not _typed_maxfail(config.invocation_params.args):
        option.maxfail = 0
        notes.append("-x from the configuration is off: a checklist is read to its end")
    return notes


def _typed_maxfail(arguments: Sequence[str]) -> bool:
    return any(
        argument == "--exitfirst" or argument.startswith("--maxfail") or re.fullmatch(r"-[vqsl]*x[vqslx]*", argument)
        for argument in arguments
    )


def _anchor(config: pytest.Config, run: Run) -> Path:
    """Return the file that built-in checks are collected under, and add it to what pytest collects."""
    candidates = [run.settings.file, config.rootpath / "conftest.py", config.inipath]
    anchor = next((path for path in candidates if path is not None and path.is_file()), None)
    if anchor is None:
        raise ConfigurationError(
            "there is no file to collect the checklist under", remedy=f"write {FILE} next to your pytest configuration"
        )
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        given = [(config.invocation_params.dir / argument).resolve() for argument in config.args]
        if not any(path == anchor or path in anchor.parents for path in given):
            config.args.append(str(anchor))
    return anchor
