"""The statement as a report: the JSON report, about a release, signed."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.reporting import json_report
from pytest_readiness.statement import intoto

if TYPE_CHECKING:
    from pytest_readiness.run import Run


def render(run: Run, *, finished: bool) -> str:
    """Return the DSSE envelope of ``run``; one that has not finished is unsigned, so that nothing can be proven by it.

    Raises:
        ConfigurationError: There is nothing to sign with.
    """
    if run.signing is None:
        raise ConfigurationError(
            "a statement is signed, and there is no key to sign with",
            key="--readiness-report=….intoto.json",
            remedy="add --readiness-sign-key=env:NAME or file:PATH; `pytest-readiness keygen` makes a pair of keys",
        )
    report = json.loads(json_report.render(run, finished=finished))
    payload = intoto.payload(run.signing.release, report, run.signing.configuration)
    if finished:
        return run.signing.sign(payload)
    unsigned = {
        "payloadType": intoto.PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [],
    }
    return json.dumps(unsigned, separators=(",", ":")) + "\n"
