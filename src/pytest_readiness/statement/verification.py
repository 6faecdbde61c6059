"""Whether a statement lets a release go out. Pure and offline: what it needs is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_readiness.model.releases import Digest
from pytest_readiness.statement import dsse, intoto, keys, strict_json
from pytest_readiness.statement.keys import PublicKey

SKEW = timedelta(minutes=1)
"""How far the clock of the machine that signed may be ahead of ours: both follow NTP, which holds well below this."""

ENOUGH = {
    "ready": frozenset({"READY"}),
    "ready-with-waivers": frozenset({"READY", "READY WITH WAIVERS"}),
}
"""The verdicts that satisfy what is asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a statement must say.

    Attributes:
        target: The target's name.
        release: What is to go out.
        max_age: How long ago the run may have begun: nothing that it looked at then is older.
        verdict: A key of :data:`ENOUGH`.
    """

    target: str
    release: Digest
    max_age: timedelta
    verdict: str = "ready"


def reasons_against(octets: bytes, public_keys: Sequence[PublicKey], wanted: Wanted, now: datetime) -> list[str]:
    """Return why the statement in ``octets`` does not say what is wanted, a sentence each; empty where it does.

    Args:
        octets: The envelope.
        public_keys: Whose word counts; one signature by any of them is enough.
        wanted: What it must say.
        now: The time, with a zone.
    """
    try:
        envelope = dsse.parse(octets)
    except dsse.MalformedEnvelope as error:
        return [f"the file is no signed statement: {error}"]
    if not envelope.signatures:
        return ["the statement is not signed: the run that began it has not ended, or was killed"]
    if not dsse.verified(envelope, public_keys):
        # What an unknown hand wrote is not looked at any further.
        return [_unknown_hand(envelope, public_keys)]
    if envelope.payload_type != intoto.PAYLOAD_TYPE:
        return [f"what is signed is no in-toto statement but {envelope.payload_type!r}"]
    try:
        statement = strict_json.loads(envelope.payload)
    except ValueError as error:
        return [f"what is signed is no JSON: {error}"]
    try:
        return _against(statement, wanted, now)
    except (KeyError, TypeError, ValueError, AttributeError):
        return ["what is signed is no statement of a readiness run"]


def _unknown_hand(envelope: dsse.Envelope, public_keys: Sequence[PublicKey]) -> str:
    given = [keys.key_id(key) for key in public_keys]
    signers = [signature.key_id for signature in envelope.signatures]
    if set(given) & set(signers):
        return "the signature is not of this statement: it was changed after it was signed"
    return f"no given key signed it: it names {', '.join(map(_short, signers))}, given {_listed(given)}"


def _listed(ids: Sequence[str]) -> str:
    return f"are {', '.join(map(_short, ids))}" if ids else "is none"


def _short(key_id: str) -> str:
    # The name of a key in an envelope is anybody's text: nothing of it may steer a terminal.
    return "".join(letter if letter.isalnum() and letter.isascii() else "?" for letter in key_id[:16]) or "no key"


def _against(statement: dict[str, Any], wanted: Wanted, now: datetime) -> list[str]:
    if (statement["_type"], statement["predicateType"]) != (intoto.STATEMENT, intoto.PREDICATE):
        return ["what is signed is another kind of in-toto statement than a test result"]
    report = statement["predicate"][intoto.REPORT]
    reasons = []
    subjects = [f"{kind}:{value}" for entry in statement["subject"] for kind, value in entry["digest"].items()]
    if str(wanted.release) not in subjects:
        reasons.append(f"it speaks of another release: {', '.join(subjects) or 'none'}, wanted {wanted.release}")
    if report["finished"] is None:
        return [*reasons, "the run never ended"]
    reasons += _against_its_time(report, wanted.max_age, now)
    if wanted.target not in report["targets"]:
        known = ", ".join(report["targets"]) or "none"
        return [*reasons, f"it does not speak of the target {wanted.target}, but of: {known}"]
    verdict = report["targets"][wanted.target]["verdict"]
    if verdict not in ENOUGH[wanted.verdict]:
        reasons.append(f"{wanted.target} is {verdict}, wanted {wanted.verdict}")
    elif report["partial"] is not False:
        reasons.append("a selection left items out, so that it says nothing of the whole")
    return reasons


def _against_its_time(report: dict[str, Any], max_age: timedelta, now: datetime) -> list[str]:
    started, finished = (datetime.fromisoformat(report[key]) for key in ("started", "finished"))
    if started > finished:
        return ["its run ended before it began"]
    if finished - now > SKEW:
        return [f"it is dated in the future, {finished.isoformat()}: set the clocks right"]
    if now - started > max_age:
        return [f"it is too old: the run began {_words(now - started)} ago, allowed are {_words(max_age)}"]
    return []


def _words(span: timedelta) -> str:
    # Whole seconds, rounded up, so that a second too old does not read as just old enough.
    return str(timedelta(seconds=-(-span // timedelta(seconds=1))))
