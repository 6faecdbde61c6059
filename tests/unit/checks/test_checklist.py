"""The checklist is whole, its data keeps its own rules, and a broken one is refused with a word on how to mend it."""

from __future__ import annotations

import ast
import tomllib
from importlib import import_module

import pytest

from pytest_readiness import checks
from pytest_readiness.checks import checklist
from pytest_readiness.model.checks import AREAS, Check, Item
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.scales import Effect, Level, Severity
from pytest_readiness.settings.tables import Document

ITEMS = checklist.items()

ORDER = {
    "infrastructure": "hosting dns tls cdn database-backups environment",
    "security": (
        "https-enforced security-headers authentication authorization secrets-rotated dependencies rate-limiting"
        " input-validation exposure"
    ),
    "monitoring": "error-tracking uptime metrics logs alert-rules alert-delivery on-call",
    "data": "migrations backup-restore retention-policy privacy no-test-data",
    "backup": "full-daily point-in-time retention uploads configuration secrets restore rto rpo",
    "operations": ("deploy-documented rollback-tested rollback-triggers health-check readme config-separated runbook"),
    "launch": "pre-deployment deployment first-24-hours first-week cadence",
}

CRITICAL = {
    "infrastructure/tls",
    "infrastructure/database-backups",
    "infrastructure/environment",
    "security/https-enforced",
    "security/authentication",
    "security/authorization",
    "backup/restore",
}

PROVES = {
    "infrastructure.hosting": "infrastructure/hosting",
    "infrastructure.dns": "infrastructure/dns",
    "infrastructure.dnssec": "infrastructure/dns",
    "infrastructure.domain": "infrastructure/dns",
    "infrastructure.tls": "infrastructure/tls",
    "security.https_enforced": "security/https-enforced",
    "security.headers": "security/security-headers",
    "security.exposure": "security/exposure",
    "operations.health": "operations/health-check",
}

BUILT_IN = set(PROVES.values())

LAUNCH_LINES = {"infrastructure": 6, "security": 8, "monitoring": 6, "data": 5, "operations": 5}

EXERCISED = {
    "infrastructure/database-backups",
    "security/authentication",
    "security/authorization",
    "security/rate-limiting",
    "security/input-validation",
    "monitoring/error-tracking",
    "monitoring/alert-delivery",
    "data/migrations",
    "data/backup-restore",
    "backup/restore",
    "backup/rto",
    "backup/rpo",
    "operations/readme",
}

GOLD = {
    "infrastructure/database-backups",
    "monitoring/alert-delivery",
    "data/backup-restore",
    "backup/restore",
    "backup/rto",
    "backup/rpo",
    "operations/rollback-tested",
}

SILVER = {
    "security/authentication",
    "security/authorization",
    "security/secrets-rotated",
    "operations/rollback-triggers",
}

# These look at the repository, the team, the release or a rehearsal on staging.
THE_SAME_FOR_EVERY_TARGET = {
    "infrastructure/environment",
    "security/dependencies",
    "monitoring/on-call",
    "operations/deploy-documented",
    "operations/rollback-tested",
    "operations/readme",
    "operations/runbook",
    "launch/pre-deployment",
    "launch/cadence",
}

# What a launch review asks for, in phrases to look for, by the item whose text must speak of it.
SUBJECTS = {
    "infrastructure/environment": (
        "key, password, token, environment variables, secret manager, encrypted files, history"
    ),
    "security/security-headers": "HSTS, Content-Security-Policy, nosniff, framing, referrer, permissions, cookies",
    "security/dependencies": "pip-audit, npm audit, CI, high and critical",
    "monitoring/error-tracking": (
        "stack trace, request line, sanitised body, user id, environment, release, client, groups the same fault"
    ),
    "monitoring/metrics": (
        "error rate, latency quantiles, throughput, active users, CPU, memory, disk, network, database connections,"
        " signups, conversions, feature usage, retention"
    ),
    "monitoring/alert-rules": (
        "above 5 %, p95 above 5 s, minute of downtime, 10 % of disk, above 1 %, 2 s, 80 % of memory, 14 days"
    ),
    "backup/full-daily": "24 hours",
    "backup/point-in-time": "write-ahead log, gap",
    "backup/retention": "30 days",
    "backup/uploads": "replicate, separate, versioning",
    "backup/configuration": "as code, repository",
    "backup/secrets": "vault, separately",
    "backup/restore": "scratch, latest backup, verify, critical user flows, record the result",
    "backup/rto": "four hours",
    "backup/rpo": "one hour",
    "operations/rollback-tested": "previous release, migrations, whom to tell, cause, next attempt",
    "operations/rollback-triggers": "error rate above 10 %, critical flow, data that is damaged, vulnerability",
    "operations/health-check": "liveness, readiness, database, cache, disk, 503",
    "operations/runbook": (
        "does and depends on, owner, access, logs, dashboards, high error rate, slow answers, symptoms, diagnosis,"
        " resolution, maintenance, database, certificates, secrets"
    ),
    "launch/pre-deployment": "tests passed, reviewed, staging, migrations, feature flags, way back",
    "launch/deployment": "announce, maintenance on, migrate, deploy, smoke tests, errors, traces, maintenance off",
    "launch/first-24-hours": "error rate, traffic patterns, critical user flow, users report",
    "launch/first-week": "every error group, critical, performance figures, ask users, surprise",
    "launch/cadence": "each week, each month, each quarter, each year",
}


def names(items: tuple[Item, ...]) -> list[str]:
    return [item.id for item in items]


class TestTheChecklistThatShips:
    def test_every_item_stands_in_its_order(self):
        """Seven areas, and within each the order of the board."""
        assert names(ITEMS) == [f"{area}/{name}" for area in AREAS for name in ORDER[area].split()]

    def test_every_id_is_there_once(self):
        assert len(set(names(ITEMS))) == len(ITEMS)

    def test_thirty_lines_are_the_launch_checklist(self):
        """The thirty are spread over five areas; backup and launch detail them."""
        lines = [item.area for item in ITEMS if item.launch]
        assert {area: lines.count(area) for area in dict.fromkeys(lines)} == LAUNCH_LINES
        assert len(lines) == 30

    @pytest.mark.parametrize("item", ITEMS, ids=names(ITEMS))
    def test_severity_follows_the_rule(self, item):
        """Critical are those seven, high the other launch lines, medium the rest."""
        high = Severity.HIGH if item.launch else Severity.MEDIUM
        assert item.severity == (Severity.CRITICAL if item.id in CRITICAL else high)

    @pytest.mark.parametrize("item", ITEMS, ids=names(ITEMS))
    def test_level_follows_the_rule(self, item):
        """Bronze is what URL and repository show, silver what systems show, gold what is exercised, and the launch."""
        if item.id in GOLD or item.area == "launch":
            expected = Level.GOLD
        elif item.id in SILVER or item.area in {"monitoring", "data", "backup"}:
            expected = Level.SILVER
        else:
            expected = Level.BRONZE
        assert item.level == expected

    @pytest.mark.parametrize("item", ITEMS, ids=names(ITEMS))
    def test_effect_is_observe_unless_more_is_needed(self, item):
        exceptions = dict.fromkeys(EXERCISED, Effect.EXERCISE) | {"operations/rollback-tested": Effect.DISRUPT}
        assert item.effect == exceptions.get(item.id, Effect.OBSERVE)

    @pytest.mark.parametrize("item", ITEMS, ids=names(ITEMS))
    @pytest.mark.parametrize("field", ["title", "why", "fix", "needs"])
    def test_every_text_is_one_full_line(self, item, field):
        text = getattr(item, field)
        assert text
        assert text == " ".join(text.split())

    @pytest.mark.parametrize("item", ITEMS, ids=names(ITEMS))
    def test_why_and_fix_are_sentences_and_the_rest_are_not(self, item):
        assert item.why.endswith(".")
        assert item.fix.endswith(".")
        assert not item.title.endswith(".")
        assert not item.needs.endswith(".")

    def test_titles_fit_the_board_and_differ(self):
        assert max(len(item.title) for item in ITEMS) <= 64
        assert len({item.title for item in ITEMS}) == len(ITEMS)

    @pytest.mark.parametrize(("item_id", "phrases"), SUBJECTS.items(), ids=SUBJECTS)
    def test_what_a_launch_review_asks_for_is_spoken_of(self, item_id, phrases):
        item = checklist.item(item_id)
        text = f"{item.why} {item.fix} {item.needs} {item.configure}".lower()
        assert [phrase for phrase in phrases.lower().split(", ") if phrase not in text] == []

    def test_every_module_of_checks_proves_an_item_of_the_list(self):
        assert set(checks.MODULES) == set(PROVES)
        assert set(names(ITEMS)) >= BUILT_IN

    @pytest.mark.parametrize("module", PROVES)
    def test_every_built_in_check_proves_the_item_of_its_module(self, module):
        """So that no check is bound to an item that does not exist, or that says there is none."""
        place = f"{checks.__name__}.{module}"
        found = vars(import_module(place)).values()
        assert {value.item for value in found if isinstance(value, Check)} == {PROVES[module]}


class TestHowAnItemIsConfigured:
    @pytest.mark.parametrize("item_id", sorted(BUILT_IN))
    def test_a_built_in_check_shows_lines_of_readiness_toml(self, item_id):
        """The settings accept them as they stand."""
        item = checklist.item(item_id)
        written = f'[targets.NAME]\nurl = "https://shop.test"\n{item.configure}'.replace("NAME", "prod")
        assert list(Document.model_validate(tomllib.loads(written)).targets) == ["prod"]
        assert "no built-in check" not in item.needs

    @pytest.mark.parametrize("item_id", sorted(set(names(ITEMS)) - BUILT_IN))
    def test_any_other_item_shows_a_test_that_proves_it(self, item_id):
        """It is valid Python that can be copied, is bound to the item, and asserts something."""
        item = checklist.item(item_id)
        (function,) = ast.parse(item.configure).body
        assert isinstance(function, ast.FunctionDef)
        assert function.name.startswith("test_")
        (mark,) = function.decorator_list
        assert ast.unparse(mark) == f"readiness.{item.area}('{item.name}')"
        assert any(isinstance(node, ast.Assert) for node in ast.walk(function))

    @pytest.mark.parametrize("item_id", sorted(set(names(ITEMS)) - BUILT_IN - THE_SAME_FOR_EVERY_TARGET))
    def test_that_test_asks_for_its_target(self, item_id):
        """So that it runs once for each, and staging's facts never prove production."""
        (function,) = ast.parse(checklist.item(item_id).configure).body
        assert function.args.args[0].arg in {"target", "http"}

    @pytest.mark.parametrize("item_id", sorted(set(names(ITEMS)) - BUILT_IN))
    def test_its_needs_name_the_mark(self, item_id):
        """The reader of an UNVERIFIED line learns what to write today."""
        item = checklist.item(item_id)
        mark = f'@readiness.{item.area}("{item.name}")'
        assert item.needs.startswith(f"no built-in check yet: prove it with a test of your own, {mark}, that ")

    @pytest.mark.parametrize("item", ITEMS, ids=names(ITEMS))
    def test_its_lines_are_clean(self, item):
        lines = item.configure.split("\n")
        assert lines == [line.rstrip() for line in lines]
        assert max(map(len, lines)) <= 120
        assert item.configure == item.configure.strip("\n")


class TestItem:
    def test_an_item_is_found_by_its_id(self):
        assert checklist.item("infrastructure/tls").id == "infrastructure/tls"

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("infrastructure/database-backup", "infrastructure/database-backups"),
            ("backup/restore-verified", "backup/restore"),
            ("securty/tls", "infrastructure/tls"),
            ("tls", "infrastructure/tls"),
            ("helth-check", "operations/health-check"),
        ],
    )
    def test_an_unknown_id_is_answered_with_the_nearest_one(self, written, meant):
        with pytest.raises(ConfigurationError) as caught:
            checklist.item(written)
        assert str(caught.value) == f"there is no item {written!r}; did you mean {meant!r}?"

    def test_an_id_like_no_other_is_answered_with_where_to_look(self):
        with pytest.raises(ConfigurationError, match="there is no item 'xyzzy'; --readiness-list shows every item"):
            checklist.item("xyzzy")

    def test_items_are_read_once(self):
        assert checklist.items() is checklist.items()


ONE = '[[items]]\nid = "security/pen-test"\ntitle = "Penetration test done"\nseverity = "high"\nlevel = "gold"\n'


class TestParse:
    def test_the_least_that_an_item_has(self):
        """Everything else has a default; the effect is to observe."""
        assert checklist.parse(ONE, file="own.toml") == (
            Item("security/pen-test", "Penetration test done", Severity.HIGH, Level.GOLD),
        )

    def test_no_items_are_no_error(self):
        assert checklist.parse("", file="own.toml") == ()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[[items", "own.toml: this is no valid TOML: "),
            ("[other]\n", "own.toml: a checklist holds [[items]] tables and nothing else"),
            ("items = 3\n", "own.toml: a checklist holds [[items]] tables and nothing else"),
            ("items = [3]\n", "own.toml: a checklist holds [[items]] tables and nothing else"),
            (ONE + ONE, "own.toml: items[2].id: the id 'security/pen-test' is given twice"),
            (ONE.replace('title = "Penetration test done"\n', ""), "own.toml: items[1]: title must be given"),
            (ONE + 'wyh = "x"\n', "own.toml: items[1].wyh: unknown key; did you mean 'why'?"),
            (ONE + 'qqq = "x"\n', "own.toml: items[1].qqq: unknown key; known keys: id, title, "),
            (ONE + "launch = 1\n", "own.toml: items[1].launch: 1 will not do; write true or false"),
            (ONE + "why = 1\n", "own.toml: items[1].why: 1 will not do; write text in quotes"),
            (
                ONE.replace('"high"', '"blocker"'),
                "own.toml: items[1].severity: 'blocker' is not one of low, medium, high, critical",
            ),
            (ONE.replace('"gold"', '"tin"'), "own.toml: items[1].level: 'tin' is not one of bronze, silver, gold"),
            (
                ONE + 'effect = "destroy"\n',
                "own.toml: items[1].effect: 'destroy' is not one of observe, exercise, disrupt",
            ),
            (
                ONE.replace("security/", "securty/"),
                "own.toml: items[1].id: 'securty/pen-test' names no known area; did you mean 'security'?",
            ),
            (
                ONE.replace("security/", "zzz/"),
                "own.toml: items[1].id: 'zzz/pen-test' names no known area; write area/name with one of infra",
            ),
            (
                ONE.replace("security/pen-test", "security"),
                "own.toml: items[1].id: 'security' names no known area; ",
            ),
            (
                ONE.replace("pen-test", "Pen<b>"),
                "own.toml: items[1].id: 'security/Pen<b>' is no item id; write small letters, digits and dashes",
            ),
            (ONE.replace("pen-test", "-pen"), "own.toml: items[1].id: 'security/-pen' is no item id; "),
            (ONE.replace("pen-test", ""), "own.toml: items[1].id: 'security/' is no item id; "),
            (ONE.replace("pen-test", "pen\\n"), "own.toml: items[1].id: 'security/pen\\n' is no item id; "),
        ],
    )
    def test_a_mistake_is_named_with_its_place_and_its_remedy(self, text, message):
        with pytest.raises(ConfigurationError) as caught:
            checklist.parse(text, file="own.toml")
        assert str(caught.value).startswith(message)
