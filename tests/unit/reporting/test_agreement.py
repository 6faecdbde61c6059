"""Every form says of every item what the JSON report says."""

from __future__ import annotations

import base64
import json
import re

import pytest
from launch import every_state, hostile, result, run_of

from pytest_readiness.model.releases import Release, Signing, parse
from pytest_readiness.model.states import State
from pytest_readiness.reporting.files import FORMS
from pytest_readiness.run import Run
from pytest_readiness.statement import dsse, intoto, keys

States = dict[tuple[str, str], str]


def in_json(text: str) -> States:
    return {(item["target"], item["id"]): item["state"] for item in json.loads(text)["items"]}


def in_sarif(text: str) -> States:
    [told] = json.loads(text)["runs"]
    targets = told["properties"]["targets"]
    return {(name, item): state for name, target in targets.items() for item, state in target["items"].items()}


def in_prometheus(text: str) -> States:
    found = re.findall(r'^readiness_item_state\{target="(.+?)",item="(.+?)",state="(.+?)"\} 1$', text, re.MULTILINE)
    return {(target, item): state for target, item, state in found}


def in_markdown(text: str) -> States:
    found: States = {}
    target = area = ""
    for line in text.splitlines():
        if line.startswith("## "):
            target = line[3:].partition(":")[0]
        elif line.startswith("### "):
            area = line[4:].lower()
        elif target and (row := re.match(r"\| ([A-Z][A-Z-]+) \| (\S+) \| ", line)):
            found[target, f"{area}/{row[2]}".replace("\\", "")] = row[1]
    return found


def in_statement(run: Run) -> States:
    def sign(payload: bytes) -> str:
        return dsse.render(dsse.sign(payload, intoto.PAYLOAD_TYPE, [keys.generate()]))

    run.signing = Signing(Release("shop", (parse("a" * 40),)), sign, {})
    envelope = json.loads(FORMS[".intoto.json"](run, finished=True))
    return in_json(json.dumps(json.loads(base64.b64decode(envelope["payload"]))["predicate"][intoto.REPORT]))


@pytest.mark.parametrize("run", [every_state(), hostile(), run_of(result(State.PASS), left_out=True)])
def test_every_form_agrees_on_every_state(run: Run) -> None:
    expected = in_json(FORMS[".json"](run, finished=True))
    assert expected
    assert in_sarif(FORMS[".sarif"](run, finished=True)) == expected
    assert in_prometheus(FORMS[".prom"](run, finished=True)) == expected
    assert in_markdown(FORMS[".md"](run, finished=True)) == expected
    assert in_statement(run) == expected


def test_every_proof_has_its_state_in_sarif() -> None:
    run = every_state()
    expected = {(each["nodeid"], each["state"]) for each in json.loads(FORMS[".json"](run, finished=True))["results"]}
    [told] = json.loads(FORMS[".sarif"](run, finished=True))["runs"]
    found = {(each["properties"]["nodeid"], each["properties"]["state"]) for each in told["results"]}
    assert {each for each in found if each[0]} == expected
