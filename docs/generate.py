"""Writes the reference pages that are made from the code: run `make docs`; a test holds them to be current."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytest_readiness import checks, probes
from pytest_readiness.checks.checklist import items
from pytest_readiness.gather.plan import closure, effect_of
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.reporting.json_report import SCHEMA
from pytest_readiness.settings.durations import spell
from pytest_readiness.settings.schema import json_schema

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- Made by docs/generate.py from the code. -->\n"


def cell(text: str) -> str:
    """Return ``text`` so that it stays one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|") or "–"


def check_page() -> str:
    """Return the page of every check and every piece of evidence."""
    sources = {source.name: source for source in probes.builtin()}
    checklist = {item.id: item for item in items()}
    lines = [MADE, "# Every check\n"]
    lines.append("`pytest --readiness-explain=ITEM` tells more of each. Effects are `observe` unless said.\n")
    lines += ["| item | check | holds when | severity | sends | threshold | source |", "|---|---|---|---|---|---|---|"]
    for check in checks.builtin():
        item = checklist[check.item]
        names = closure(check.needs, sources)
        sends = "; ".join(dict.fromkeys(sources[name].sends for name in names if sources[name].sends))
        effect = effect_of(check.needs, sources)
        limits = ", ".join(f"`{name}` {spell(Thresholds.documentation()[name][0])}" for name in check.thresholds)
        severity = check.severity if check.severity is not None else item.severity
        row = [item.id, f"`{check.name}`", check.statement, str(severity)]
        row += [sends if str(effect) == "observe" else f"{sends} ({effect})", limits, check.source]
        lines.append(f"| {' | '.join(map(cell, row))} |")
    lines += ["", "# Every piece of evidence\n"]
    lines.append("A test of your own asks for it by its name, as a fixture; it is gathered once per target.\n")
    lines += ["| fixture | what it is | sends | builds on |", "|---|---|---|---|"]
    for source in sources.values():
        row = [f"`{source.name}`", source.statement, source.sends, ", ".join(f"`{need}`" for need in source.needs)]
        lines.append(f"| {' | '.join(map(cell, row))} |")
    lines += ["", "# Every item\n", "| item | title | severity | level | proven by |", "|---|---|---|---|---|"]
    bound: dict[str, list[str]] = {}
    for check in checks.builtin():
        bound.setdefault(check.item, []).append(f"`{check.name}`")
    for item in items():
        proofs = ", ".join(bound.get(item.id, [])) or f'`@readiness.{item.area}("{item.name}")`, a test of your own'
        row = [item.id, item.title, str(item.severity), str(item.level), proofs]
        lines.append(f"| {' | '.join(map(cell, row))} |")
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Return the page of every key of readiness.toml."""
    schema = json_schema()
    tables = [("targets.NAME", "TargetTable"), ("targets.NAME.budget", "BudgetTable")]
    tables += [("targets.NAME.health", "HealthTable"), ("thresholds", "ThresholdsTable"), ("gate", "GateTable")]
    tables += [("[waivers]", "WaiverTable"), ("[attestations]", "AttestationTable")]
    tables += [("[not_applicable]", "ExclusionTable"), ("[items]", "ItemTable")]
    lines = [MADE, "# readiness.toml\n"]
    lines.append("It stands in pytest's rootdir; `[tool.readiness]` in pyproject.toml serves too.")
    lines.append(
        "[Its JSON Schema](readiness.schema.json), which `pytest-readiness schema` prints too, is for editors.\n"
    )
    for name, definition in tables:
        lines += [f"## [{name}]\n", "| key | type | default | meaning |", "|---|---|---|---|"]
        for key, shape in schema["$defs"][definition]["properties"].items():
            required = key in schema["$defs"][definition].get("required", ())
            default = "required" if required else _default(shape)
            lines.append(f"| `{key}` | {cell(_type(shape))} | {default} | {cell(shape.get('description', ''))} |")
        lines.append("")
    return "\n".join(lines)


def _default(shape: dict[str, Any]) -> str:
    default = shape.get("default")
    return "–" if default in (None, "") else f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape or "allOf" in shape:
        return "table"
    if "enum" in shape:
        return ", ".join(f'`"{word}"`' for word in shape["enum"])
    if "anyOf" in shape:
        return " or ".join(_type(part) for part in shape["anyOf"] if part.get("type") != "null")
    words = {"array": "list", "object": "table", "number": "number", "integer": "whole number"}
    return {**words, "boolean": "true or false"}.get(shape.get("type", ""), "text")


def pages() -> Iterator[tuple[Path, str]]:
    """Yield each page's file and what is to stand in it."""
    yield REFERENCE / "checks.md", check_page()
    yield REFERENCE / "readiness-toml.md", settings_page()
    yield REFERENCE / "readiness.schema.json", json.dumps(json_schema(), indent=2) + "\n"
    yield REFERENCE / "report.schema.json", json.dumps(SCHEMA, indent=2) + "\n"


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for file, text in pages():
        file.write_text(text, encoding="utf-8")
