"""What can go wrong, one class a condition.

ReadinessError
├── ConfigurationError        the user's files or options are wrong: nothing is run
├── Unverified                a fact could not be had: its askers are UNVERIFIED
│   ├── NotAllowed            the target's effect does not cover what was asked
│   ├── BudgetSpent           the target's budget is used up
│   ├── DeadlinePassed        no answer within the deadline
│   └── Unreachable           no connection, or none that holds
└── NotApplicable             the item does not concern this target

AssertionError
└── NotReady                  findings: the item does not hold
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_readiness.model.findings import Finding


class ReadinessError(Exception):
    """The root of all that this package raises on purpose, but for :class:`NotReady`."""


class ConfigurationError(ReadinessError):
    """The configuration is wrong.

    Args:
        problem: What is wrong.
        file: The file it stands in, as the user would name it.
        key: The dotted key in that file.
        remedy: What to write instead.
    """

    def __init__(self, problem: str, *, file: str = "", key: str = "", remedy: str = "") -> None:
        place = f"{file}: {key}" if file and key else file or key
        super().__init__("".join([f"{place}: " if place else "", problem, f"; {remedy}" if remedy else ""]))
        self.problem, self.file, self.key, self.remedy = problem, file, key, remedy


class Unverified(ReadinessError):
    """A proof could not be carried out; unverified is not ready.

    Args:
        reason: Why not.
        fix: The line of configuration, or the deed, that would let it be carried out.
    """

    def __init__(self, reason: str, *, fix: str = "") -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.reason, self.fix)


def _revive(kind: type[Unverified], reason: str, fix: str) -> Unverified:
    return kind(reason, fix=fix)


class NotAllowed(Unverified):
    """What was asked for goes beyond the effect that the target allows."""


class BudgetSpent(Unverified):
    """The target's budget of requests is used up."""


class DeadlinePassed(Unverified):
    """The answer did not come in time."""


class Unreachable(Unverified):
    """No connection could be made, or none that held."""


class NotApplicable(ReadinessError):
    """The item does not concern this target.

    Args:
        reason: Why it does not.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotReady(AssertionError):
    """An item does not hold.

    Args:
        findings: What is wrong, at least one.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.summary for finding in findings))
        self.findings = tuple(findings)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.findings,)
