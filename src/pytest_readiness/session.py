"""The part of the plugin that is there only when readiness is asked for: one pytest session as a readiness run."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from pytest_readiness.collect import (
    CheckItem,
    DecisionsItem,
    ReadinessFile,
    ReadinessItem,
    UnboundItem,
    VerdictItem,
    describe,
    skip,
)
from pytest_readiness.extensions import conftests, sources_in
from pytest_readiness.marks import SEVERITIES
from pytest_readiness.model.checks import AREAS
from pytest_readiness.model.exceptions import ConfigurationError, NotApplicable, NotReady, Unverified
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State
from pytest_readiness.reporting import files, github
from pytest_readiness.reporting.outcomes import UserProof, user_result
from pytest_readiness.reporting.redaction import mask_live_logs, redact, redact_warning
from pytest_readiness.reporting.terminal import Scoreboard
from pytest_readiness.run import Run, own_item

PROOF = pytest.StashKey[UserProof]()
UNVERIFIED = pytest.StashKey[Unverified | NotApplicable]()


class ReadinessSession:
    """The hooks of a readiness run."""

    def __init__(
        self, config: pytest.Config, run: Run, anchor: Path, reports: Sequence[files.Report], notes: Sequence[str]
    ) -> None:
        self.config, self.run, self.anchor, self.reports, self.notes = config, run, anchor, reports, notes
        self.scoreboard = Scoreboard(config, run)
        self.listing = bool(config.getoption("readiness_list"))
        self.selected: list[pytest.Item] = []
        self.offered: list[pytest.Item] = []
        self.reached: set[str] = set()
        self.began = self.finished = False

    def pytest_report_header(self) -> list[str]:
        return self.scoreboard.header(self.notes)

    # Collection

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave the application's own tests alone: not even imported."""
        if not self.config.getini("readiness_prefilter") or _may_concern_readiness(collection_path):
            return None
        return True

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        return ReadinessFile.from_parent(parent, path=file_path) if file_path == self.anchor else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected: nobody knows what it would have said."""
        if report.failed:
            self.run.unheard.append(f"{report.nodeid} could not be collected")
        elif report.skipped and _may_concern_readiness(self.config.rootpath / report.nodeid.partition("::")[0]):
            reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
            self.run.unheard.append(f"{report.nodeid} was skipped whole: {reason.removeprefix('Skipped: ')}")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "target" in metafunc.fixturenames and metafunc.definition.get_closest_marker("readiness"):
            if any("target" in _argument_names(mark) for mark in metafunc.definition.iter_markers("parametrize")):
                return  # the test itself says which targets it is about
            names = [target.name for target in self.run.targets]
            metafunc.parametrize("target", names, ids=names, indirect=True, scope="session")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, object, object]:
        ours = [item for item in items if item.get_closest_marker("readiness") is not None and self._concerns(item)]
        kept = set(ours)
        foreign = [item for item in items if item not in kept]
        proofs = [item for item in ours if not isinstance(item, ReadinessItem)]
        for item in proofs:
            item.stash[PROOF] = self._bind(item)
        ours, superseded = self._without_superseded(ours, proofs)
        items[:] = ours
        if foreign or superseded:
            self.config.hook.pytest_deselected(items=[*foreign, *superseded])
        self.offered = list(ours)
        return (yield)

    def _without_superseded(
        self, ours: list[pytest.Item], proofs: list[pytest.Item]
    ) -> tuple[list[pytest.Item], list[pytest.Item]]:
        """Divide off the placeholders of items that a test of the user's proves."""
        proven = {(proof.item, name) for item in proofs for proof in [item.stash[PROOF]] for name in proof.targets}
        superseded: list[pytest.Item] = [
            item for item in ours if isinstance(item, UnboundItem) and (item.item.id, item.target.name) in proven
        ]
        return [item for item in ours if item not in superseded], superseded

    def _concerns(self, item: pytest.Item) -> bool:
        """Whether a test that names its targets itself names one of this run's."""
        target = getattr(getattr(item, "callspec", None), "params", {}).get("target")
        return not isinstance(target, str) or any(target == each.name for each in self.run.targets)

    def _narrowed(self) -> bool:
        """Whether paths or ids on the command line left part of the checklist, or of the user's tests, out."""
        expected = len(self.run.targets) * (len(self.run.checks) + 1)
        found = sum(isinstance(item, CheckItem | VerdictItem) for item in self.selected)
        if found < expected:
            return True
        if any(argument.startswith(("--ignore", "--deselect")) for argument in self.config.invocation_params.args):
            return True
        if self.config.args_source is not pytest.Config.ArgsSource.ARGS:
            return False
        folder = self.config.invocation_params.dir
        given = [(folder / argument.partition("::")[0]).resolve() for argument in self.config.args]
        wanted = [self.config.rootpath / path for path in self.config.getini("testpaths")] or [self.config.rootpath]
        return not all(any(path == place or place in path.parents for place in given) for path in wanted)

    def _bind(self, item: pytest.Item) -> UserProof:
        """Return what a user's test proves, and of which targets."""
        mark = item.get_closest_marker("readiness")
        assert mark is not None
        area = mark.kwargs.get("area")
        if area not in AREAS:
            raise pytest.UsageError(f"{item.nodeid}: use @readiness.<area>; areas are {', '.join(AREAS)}")
        severity = mark.kwargs.get("severity")
        if severity is not None and severity not in SEVERITIES:
            raise pytest.UsageError(f"{item.nodeid}: severity={severity!r} is not one of {', '.join(SEVERITIES)}")
        unknown = set(mark.kwargs) - {"area", "severity"}
        if unknown or len(mark.args) > 1 or not all(isinstance(argument, str) for argument in mark.args):
            raise pytest.UsageError(f'{item.nodeid}: write @readiness.{area}("item", severity=…), nothing else')
        function = getattr(item, "originalname", None) or item.name.partition("[")[0]
        name = mark.args[0] if mark.args else function.removeprefix("test_").replace("_", "-").strip("-").lower()
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise pytest.UsageError(
                f"{item.nodeid}: {name!r} is no item name: write lower-case letters, digits, dashes"
            )
        identity = f"{area}/{name}"
        doc = getattr(getattr(item, "obj", None), "__doc__", None) or ""
        title = " ".join(doc.strip().partition("\n\n")[0].split())
        worth = Severity.of(severity) if severity else None
        known = self.run.items.setdefault(identity, own_item(identity, title, worth))
        target = getattr(getattr(item, "callspec", None), "params", {}).get("target")
        targets = (target,) if isinstance(target, str) else tuple(each.name for each in self.run.targets)
        item.extra_keyword_matches |= {area, name}
        item.user_properties += [
            ("readiness_item", identity),
            ("readiness_target", ",".join(targets)),
            ("readiness_severity", str(worth or known.severity)),
        ]
        # The mark as users write it leaves out what the item says; -m looks at any mark of the name.
        item.add_marker(pytest.mark.readiness(area=area, item=identity, severity=str(worth or known.severity)))
        return UserProof(identity, function, targets, worth or known.severity)

    # Gathering

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # Only now is the selection final: --lf, --ff and shufflers may come after everyone else.
        session.items[:] = self.selected = _in_order(self.offered, session.items)
        self.run.left_out = len(self.selected) < len(self.offered) or self._narrowed()
        if self.listing or self.config.option.collectonly or not session.items:
            return
        if session.testsfailed and not self.config.option.continue_on_collection_errors:
            return  # pytest ends the run now: nothing is asked of anyone
        modules = [module for item in session.items if (module := getattr(item, "module", None)) is not None]
        self.run.sources += sources_in(dict.fromkeys([*conftests(self.config), *modules]))
        try:
            wanted = self._wanted(session.items)
            self.began = True
            with self.scoreboard.progress() as progress:
                self.run.gather(wanted, progress)
        except ConfigurationError as error:
            raise pytest.UsageError(str(error)) from None

    def _wanted(self, items: Iterable[pytest.Item]) -> dict[str, list[str]]:
        wanted: dict[str, dict[str, None]] = {target.name: {} for target in self.run.targets}
        known = self.run.catalogue()
        for item in items:
            if isinstance(item, CheckItem):
                wanted[item.target.name] |= dict.fromkeys(item.check.needs)
            elif PROOF in item.stash:
                needs = dict.fromkeys(name for name in getattr(item, "fixturenames", ()) if name in known)
                for name in item.stash[PROOF].targets:
                    wanted[name] |= needs
        return {name: list(needs) for name, needs in wanted.items()}

    # Judging

    def pytest_runtestloop(self) -> bool | None:
        return True if self.listing else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        __tracebackhide__ = True
        try:
            return (yield)
        except (Unverified, NotApplicable) as error:
            if PROOF not in item.stash:
                raise
            # Told in the call phase, so that the report bears the test's own id and not its setup's.
            item.stash[UNVERIFIED] = error
            return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        __tracebackhide__ = True
        error = item.stash.get(UNVERIFIED, None)
        try:
            if error is not None:
                del item.stash[UNVERIFIED]
                raise error
            return (yield)
        except (Unverified, NotApplicable) as raised:
            if PROOF not in item.stash:
                raise
            item.stash[PROOF].fix = getattr(raised, "fix", "")
            _skip_as(raised)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "call" or not report.passed:
            self.reached.add(item.nodeid)
        if isinstance(item, CheckItem | UnboundItem | DecisionsItem):
            if call.when == "call" or report.failed:
                self.run.record(item.result())
        elif PROOF in item.stash:
            if call.when == "setup":
                self.run.forget(item.nodeid)
            for result in user_result(item, item.stash[PROOF], call, report):
                self.run.add(result)
            if call.excinfo is not None and isinstance(call.excinfo.value, NotReady):
                # Findings say what is wrong; the lines of the test that found it do not.
                report.longrepr = "\n\n".join(describe(finding) for finding in call.excinfo.value.findings)
        if report.failed and (waiver := self._waiver(item)):
            report.outcome = "skipped"
            report.wasxfail = f"{State.WAIVED}: {waiver}"
        if report.failed and self._beyond_level(item):
            # It stays on the board, red; but a target that is ready as far as was asked for makes a green run.
            report.outcome = "skipped"
            report.wasxfail = f"beyond level {self.run.options.level}"
        redact(report, self.run.settings.redactor)
        return report

    def _waiver(self, item: pytest.Item) -> str:
        """Return the waiver that covers the failure of a user's test for all its targets, or nothing."""
        if PROOF not in item.stash:
            return ""
        results = [self.run.results.get((item.nodeid, name)) for name in item.stash[PROOF].targets]
        waived = [result.exception for result in results if result is not None and result.state is State.WAIVED]
        return waived[0] if waived and len(waived) == len(results) else ""

    def _beyond_level(self, item: pytest.Item) -> bool:
        proven = item.stash[PROOF].item if PROOF in item.stash else getattr(getattr(item, "item", None), "id", "")
        return proven in self.run.items and self.run.items[proven].level > self.run.options.level

    # Redaction

    def pytest_sessionstart(self) -> None:
        mask_live_logs(self.config, self.run.settings.redactor)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        redact(report, self.run.settings.redactor)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A subtest's report gets what it printed only now.
        redact(report, self.run.settings.redactor)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        redact_warning(warning_message, self.run.settings.redactor)

    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        return self.scoreboard.status(report)

    # The end

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.listing and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK  # a checklist without targets can be listed all the same
        if self.listing or self.config.option.collectonly or not self.began:
            return
        self._judge_the_rest()
        if exitstatus == pytest.ExitCode.OK and not self.run.ready():
            # Skips would leave it at 0: unverified is not ready.
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for board in self.run.boards():
            self.config.hook.pytest_readiness_verdict(config=self.config, board=board)
        for report in self.reports:
            report.finish(self.run)
        self.finished = True

    def _judge_the_rest(self) -> None:
        """Say of what the run did not come to what the evidence says; of users' tests, that they did not run."""
        missed = [item for item in self.selected if item.nodeid not in self.reached]
        if missed:
            self.run.unheard.append(f"the run ended before {len(missed)} of {len(self.selected)} tests")
        for item in missed:
            if isinstance(item, CheckItem | UnboundItem | DecisionsItem):
                if (item.nodeid, item.target.name) not in self.run.results:
                    self.run.record(item.result())
            elif PROOF in item.stash:
                for result in item.stash[PROOF].unreached(item.nodeid):
                    if (result.nodeid, result.target) not in self.run.results:
                        self.run.record(result)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, object, object]:
        if self.listing:
            result = yield
            from pytest_readiness.listing import print_list

            print_list(terminalreporter, self.run, self.selected)
            return result
        with self.scoreboard.details_told_once(terminalreporter):
            result = yield
        if self.finished:
            self.scoreboard.show(terminalreporter)
            github.summarise(self.run, os.environ, terminalreporter.write_line)
        return result


def _may_concern_readiness(path: Path) -> bool:
    """Whether a test of ours may stand in ``path``: a module that has one has the word."""
    if path.suffix != ".py" or path.name == "conftest.py" or not path.is_file():
        return True
    return b"readiness" in path.read_bytes()


def _argument_names(parametrize: pytest.Mark) -> list[str]:
    names = parametrize.args[0] if parametrize.args else parametrize.kwargs.get("argnames", ())
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


def _in_order(offered: list[pytest.Item], left: list[pytest.Item]) -> list[pytest.Item]:
    """Return what is left of what was offered: checks as on the board, users' tests as pytest has them, verdicts."""
    kept = set(left)
    ours = [item for item in offered if item in kept]
    return [
        *(item for item in ours if isinstance(item, CheckItem | UnboundItem)),
        *(item for item in left if PROOF in item.stash),  # pytest groups them by target, so that clients live longer
        *(item for item in ours if isinstance(item, DecisionsItem)),
        *(item for item in ours if isinstance(item, VerdictItem)),
    ]


def _skip_as(error: Unverified | NotApplicable) -> NoReturn:
    skip(State.NOT_APPLICABLE if isinstance(error, NotApplicable) else State.UNVERIFIED, error.reason)
