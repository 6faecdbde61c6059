"""readiness.toml as it should not be: each mistake is one line that names the file, the key and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.settings.load import load

HEAD = '[targets.prod]\nurl = "https://shop.test"\n'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('page = ["/"]', "targets.prod.page: unknown key; did you mean 'pages'?"),
        ("[targets.prod.heath]", "targets.prod.heath: unknown key; did you mean 'health'?"),
        (
            '[targets.prod.health]\nlivenes = "/health"',
            "targets.prod.health.livenes: unknown key; did you mean 'liveness'?",
        ),
        (
            "[targets.prod.health]\nxyz = 1",
            "targets.prod.health.xyz: unknown key; known here: liveness, readiness",
        ),
        ('[target.prod]\nurl = "https://shop.test"', "target: unknown key; did you mean 'targets'?"),
        ('[thresholds]\nhsts_maxage = "1d"', "thresholds.hsts_maxage: unknown key; did you mean 'hsts_max_age'?"),
        (
            'allow = "destroy"',
            "targets.prod.allow: 'destroy' is none of 'observe', 'exercise', 'disrupt'",
        ),
        (
            'allow = "exercise"\nallow_up_to = "observe"',
            "targets.prod.allow_up_to: 'observe' is less than allow = 'exercise': raise it or leave it out",
        ),
        (
            'production = true\nallow = "disrupt"',
            (
                'targets.prod.allow: production is never disrupted: write "exercise" or less, '
                "or leave out production = true"
            ),
        ),
        (
            'production = true\nallow_up_to = "disrupt"',
            (
                'targets.prod.allow_up_to: production is never disrupted: write "exercise" or less, '
                "or leave out production = true"
            ),
        ),
        ('production = "yes"', "targets.prod.production: must be true or false, without quotes"),
        ('pages = "/"', 'targets.prod.pages: must be a list, such as ["…"]'),
        ("pages = [1]", 'targets.prod.pages.0: must be text in quotes, such as "…"'),
        ('pages = ["login"]', "targets.prod.pages.0: 'login' is no path: start it with '/'"),
        ('health = "/health"', "targets.prod.health: must be a table"),
        ('budget = { connections = "8" }', "targets.prod.budget.connections: must be a whole number, without quotes"),
        (
            'budget = { requests_per_second = "20" }',
            "targets.prod.budget.requests_per_second: must be a number, without quotes",
        ),
        (
            "budget = { requests_per_second = 0 }",
            "targets.prod.budget.requests_per_second: must be at least 0.01",
        ),
        (
            "budget = { requests_per_second = inf }",
            "targets.prod.budget.requests_per_second: must be a finite number",
        ),
        ("budget = { connections = 0 }", "targets.prod.budget.connections: must be at least 1"),
        ("budget = { connections = 1000 }", "targets.prod.budget.connections: must be at most 256"),
        ("budget = { requests = -1 }", "targets.prod.budget.requests: must be at least 1"),
        (
            'nameservers = ["ns1.shop.test"]',
            (
                "targets.prod.nameservers.0: 'ns1.shop.test' is no IP address: write address or address:port, "
                "IPv6 as [address]:port"
            ),
        ),
        (
            'nameservers = ["127.0.0.1:99999"]',
            (
                "targets.prod.nameservers.0: '127.0.0.1:99999' is no IP address: write address or address:port, "
                "IPv6 as [address]:port"
            ),
        ),
        (
            'nameservers = ["127.0.0.1:"]',
            (
                "targets.prod.nameservers.0: '127.0.0.1:' is no IP address: write address or address:port, "
                "IPv6 as [address]:port"
            ),
        ),
        (
            'resolve = { "shop.test" = "127.0.0.1:8443" }',
            "targets.prod.resolve: 'shop.test' is no host:port: write \"shop.example.com:443\"",
        ),
        (
            'resolve = { "shop.test:https" = "127.0.0.1:8443" }',
            "targets.prod.resolve: 'shop.test:https' is no host:port: write \"shop.example.com:443\"",
        ),
        (
            'resolve = { "shop.test:99999" = "127.0.0.1:8443" }',
            "targets.prod.resolve: 'shop.test:99999' is no host:port: write \"shop.example.com:443\"",
        ),
        (
            'resolve = { "bücher.test:443" = "127.0.0.1:8443" }',
            "targets.prod.resolve: 'bücher.test:443' has letters beyond ASCII: write the host as the DNS has it, xn--…",
        ),
        (
            'resolve = { "shop.test:443" = "127.0.0.1" }',
            (
                "targets.prod.resolve: '127.0.0.1' has no port: write address:port, "
                "such as '127.0.0.1:8443' or '[::1]:8443'"
            ),
        ),
        (
            'resolve = { "shop.test:443" = "127.0.0.1:8443,127.0.0.2" }',
            (
                "targets.prod.resolve: '127.0.0.2' has no port: write address:port, "
                "such as '127.0.0.1:8443' or '[::1]:8443'"
            ),
        ),
        (
            'resolve = { "shop.test:443" = "::1:8443" }',
            (
                "targets.prod.resolve: '::1:8443' has no port: write address:port, "
                "such as '127.0.0.1:8443' or '[::1]:8443'"
            ),
        ),
        (
            'resolve = { "shop.test:443" = "origin.shop.test:443" }',
            (
                "targets.prod.resolve: 'origin.shop.test:443' is no IP address: write address or address:port, "
                "IPv6 as [address]:port"
            ),
        ),
        (
            'resolve = { "shop.test:443" = "" }',
            "targets.prod.resolve: '' has no port: write address:port, such as '127.0.0.1:8443' or '[::1]:8443'",
        ),
        (
            'ca_file = "no.pem"',
            "targets.prod.ca_file: 'no.pem' cannot be read (no such file or directory): name a file",
        ),
        ('ca_file = "."', "targets.prod.ca_file: '.' cannot be read (is a directory): name a file"),
        ('ca_file = "a\\u0000b"', "targets.prod.ca_file: 'a\\x00b' cannot be read (embedded null byte): name a file"),
        (
            'ca_file = "readiness.toml"',
            "targets.prod.ca_file: 'readiness.toml' holds no certificate: name a PEM file of authorities",
        ),
        (
            'trust_anchor_file = "no.txt"',
            "targets.prod.trust_anchor_file: 'no.txt' cannot be read (no such file or directory): name a file",
        ),
        (
            'openapi = "https://alice:s3cr3t@shop.test/openapi.json"',
            "targets.prod.openapi: there is a password in the URL: leave out what stands before the @",
        ),
        (
            '[thresholds]\nrto = "soon"',
            "thresholds.rto: 'soon' is no duration: write a number and a unit, such as '30s', '4h' or '90d'",
        ),
        (
            '[thresholds]\nrto = "90"',
            "thresholds.rto: '90' is no duration: write a number and a unit, such as '30s', '4h' or '90d'",
        ),
        (
            '[thresholds]\nrto = "999999999999999w"',
            "thresholds.rto: '999999999999999w' is longer than can be reckoned with: write less",
        ),
        ("[thresholds]\nrto = 4", 'thresholds.rto: must be text in quotes, such as "…"'),
    ],
)
def test_a_mistake_is_one_line_with_file_key_and_remedy(told, line: str, message: str) -> None:
    assert told(HEAD + line) == [f"readiness.toml: {message}"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("shop.test", "'shop.test' is no URL of a site: write https://host[:port][/path]"),
        ("https://", "'https://' is no URL of a site: write https://host[:port][/path]"),
        ("ftp://shop.test", "'ftp://shop.test' is no URL of a site: write https://host[:port][/path]"),
        ("https://shop.test:0", "'https://shop.test:0' is no URL of a site: write https://host[:port][/path]"),
        ("https://shop.test/a b", "'https://shop.test/a b' is no URL of a site: write https://host[:port][/path]"),
        (
            "https://shop.test:99999",
            "'https://shop.test:99999' is no URL (Port out of range 0-65535): write https://host[:port][/path]",
        ),
        ("https://[::1", "'https://[::1' is no URL (Invalid IPv6 URL): write https://host[:port][/path]"),
        (
            "https://shop.test/#top",
            "'https://shop.test/#top' has a fragment, which is never sent: leave out what stands from the # on",
        ),
        (
            "https://straße.test",
            "'https://straße.test' has letters beyond ASCII in the host: write it as the DNS has it, xn--…",
        ),
    ],
)
def test_a_url_that_is_none_is_told_with_how_to_write_it(told, url: str, message: str) -> None:
    assert told(f'[targets.prod]\nurl = "{url}"') == [f"readiness.toml: targets.prod.url: {message}"]


def test_an_empty_label_is_no_host(told) -> None:
    [line] = told('[targets.prod]\nurl = "https://shop..test"')
    assert line.startswith("readiness.toml: targets.prod.url: 'https://shop..test' is no URL (")


@pytest.mark.parametrize("name", ["Prod", "prod_1", "-prod", "prod.eu", "prod]", "<b>", ""])
def test_a_name_that_would_not_do_in_a_node_id_is_refused(told, name: str) -> None:
    [line] = told(f'[targets."{name}"]\nurl = "https://shop.test"')
    assert line.startswith("readiness.toml: targets.")
    assert line.endswith(": is no name; write lower-case letters, digits and dashes")


def test_a_target_without_a_url_is_told_the_line_to_write(told) -> None:
    assert told("[targets.prod]\n") == ['readiness.toml: targets.prod.url: is missing; write url = "…"']


def test_several_mistakes_are_told_at_once(told) -> None:
    """Nobody should have to start a run for each of them."""
    text = '[targets.prod]\nurl = "shop.test"\npage = []\n[targets.Prod]\nurl = "https://shop.test"\nallow = 1\n'
    assert [line.split(": ")[1] for line in told(text)] == [
        "targets.prod.url",
        "targets.prod.page",
        "targets.Prod",
        "targets.Prod.allow",
    ]


def test_several_mistakes_of_one_target_and_of_two_are_told_at_once(told) -> None:
    text = (
        '[targets.prod]\nurl = "env:NOT_SET"\nca_file = "no.pem"\ntrust_anchor_file = "no.txt"\n'
        'allow = "exercise"\nallow_up_to = "observe"\n'
        '[targets.staging]\nurl = "https://staging.test"\nca_file = "readiness.toml"\n'
    )
    assert sorted(line.split(": ")[1] for line in told(text)) == [
        "targets.prod.allow_up_to",
        "targets.prod.ca_file",
        "targets.prod.trust_anchor_file",
        "targets.prod.url",
        "targets.staging.ca_file",
    ]


class TestReferences:
    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            ("env:NOT_SET", "the environment variable NOT_SET is not set: export NOT_SET=…"),
            ("env:SHOP_EMPTY", "the environment variable SHOP_EMPTY is empty: export SHOP_EMPTY=…"),
            ("env:", "'env:' names nothing: write env:NAME or file:PATH"),
            ("file:", "'file:' names nothing: write env:NAME or file:PATH"),
            (
                "file:no.txt",
                "the file no.txt cannot be read (No such file or directory): create it, readable by you alone",
            ),
            ("file:empty.txt", "the file empty.txt is empty: write the value into it"),
            ("file:binary", "the file binary cannot be read (not UTF-8 text): create it, readable by you alone"),
            (
                "file:~nobody-of-that-name/url",
                (
                    "the file ~nobody-of-that-name/url cannot be read (Could not determine home directory.): "
                    "create it, readable by you alone"
                ),
            ),
            ("vault:shop/url", "references by vault: are not supported yet: use env: or file:"),
            ("aws-sm:shop/url", "references by aws-sm: are not supported yet: use env: or file:"),
            ("keyring:shop/url", "references by keyring: are not supported yet: use env: or file:"),
        ],
    )
    def test_one_that_leads_nowhere_says_what_to_set(self, told, tmp_path: Path, reference: str, message: str) -> None:
        (tmp_path / "empty.txt").write_text(" \n")
        (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
        assert told(f'[targets.prod]\nurl = "{reference}"') == [f"readiness.toml: targets.prod.url: {message}"]

    def test_what_it_holds_is_not_repeated_where_it_is_no_url(self, told) -> None:
        assert told('[targets.prod]\nurl = "env:SHOP_NONSENSE"') == [
            (
                "readiness.toml: targets.prod.url: what env:SHOP_NONSENSE holds is no URL: "
                "it must read https://[user:password@]host[:port][/path]"
            )
        ]


class TestAPasswordInTheUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "https://alice:s3cr3t@shop.test",
            "https://s3cr3t@shop.test",
            "https://:s3cr3t@shop.test",
            "http://alice:s3cr3t@shop.test:99999/",
            "https://alice:a/s3cr3t@shop.test",
            "https://alice:a#s3cr3t@shop.test",
            "https://alice:[s3cr3t@shop.test",
            "https://alice:s3cr3t@",
            "postgres://alice:s3cr3t@shop.test",
            "//alice:s3cr3t@shop.test",
            "alice:s3cr3t@shop.test",
        ],
    )
    def test_is_refused_and_not_repeated(self, told, url: str) -> None:
        [line] = told(f'[targets.prod]\nurl = "{url}"')
        assert line.startswith("readiness.toml: targets.prod.url: ")
        assert "s3cr3t" not in line

    def test_the_remedy_is_a_variable(self, told) -> None:
        assert told('[targets.prod]\nurl = "https://alice:s3cr3t@shop.test"') == [
            (
                "readiness.toml: targets.prod.url: there is a password in the URL: "
                'keep the whole URL in an environment variable and write url = "env:NAME"'
            )
        ]


class TestKeysOfLaterVersions:
    """What the documentation of the whole promises and this version does not read is told, not passed over."""

    @pytest.mark.parametrize(
        "name",
        ["identities", "database", "backups", "metrics", "alerts", "errors", "logs", "uptime", "oncall", "secrets"],
    )
    def test_providers_say_how_to_prove_the_item_meanwhile(self, told, name: str) -> None:
        assert told(f"{HEAD}[targets.prod.{name}]") == [
            (
                f"readiness.toml: targets.prod.{name}: providers are not supported yet: "
                'prove the item with a test marked @readiness.<area>("<item>") instead'
            )
        ]

    def test_the_repository_too(self, told) -> None:
        assert told(f'{HEAD}[targets.prod.repository]\npath = "."') == [
            "readiness.toml: targets.prod.repository: checks of the repository are not supported yet"
        ]


class TestFiles:
    def test_broken_toml_is_told_with_its_line(self, told) -> None:
        assert told('[targets.prod]\nurl = "https://shop.test\n') == [
            "readiness.toml: is no valid TOML: Illegal character '\\n' (at line 2, column 25)"
        ]

    def test_a_key_written_twice_is_told_with_its_line(self, told) -> None:
        [line] = told('[targets.prod]\nurl = "https://a.test"\nurl = "https://b.test"\n')
        assert line == "readiness.toml: is no valid TOML: Cannot overwrite a value (at line 3, column 23)"

    def test_what_is_not_utf_8_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "readiness.toml").write_bytes('[targets.prod]\nurl = "https://shöp.test"'.encode("latin-1"))
        with pytest.raises(ConfigurationError, match=r"^readiness\.toml: is no valid TOML: 'utf-8' codec"):
            load(tmp_path)

    def test_tables_nested_without_end_are_told(self, told) -> None:
        [line] = told("a = " + "[" * 100_000)
        assert line.startswith("readiness.toml: ")

    def test_both_files_are_one_too_many(self, tmp_path: Path) -> None:
        (tmp_path / "readiness.toml").write_text(HEAD)
        (tmp_path / "pyproject.toml").write_text('[tool.readiness.targets.prod]\nurl = "https://shop.test"')
        with pytest.raises(ConfigurationError) as caught:
            load(tmp_path)
        assert str(caught.value) == (
            "readiness.toml: targets are configured twice; "
            "keep readiness.toml or [tool.readiness] in pyproject.toml, not both"
        )

    def test_a_mistake_in_pyproject_is_told_as_one_of_pyproject(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text('[tool.readiness.targets.prod]\nurl = "shop.test"')
        with pytest.raises(ConfigurationError, match=r"^pyproject\.toml \[tool\.readiness\]: targets\.prod\.url: "):
            load(tmp_path)

    @pytest.mark.parametrize("value", ["5", '"x"', "[]"])
    def test_a_readiness_that_is_no_table_is_told(self, tmp_path: Path, value: str) -> None:
        (tmp_path / "pyproject.toml").write_text(f"[tool]\nreadiness = {value}")
        with pytest.raises(ConfigurationError) as caught:
            load(tmp_path)
        assert str(caught.value) == "pyproject.toml: tool.readiness: must be a table"


class TestTargetsInCode:
    def test_a_name_taken_already_is_told(self, told) -> None:
        assert told(HEAD, added=[{"prod": {"url": "https://other.test"}}]) == [
            "pytest_readiness_targets: targets.prod: there is a target of that name already; choose another name"
        ]

    def test_a_mistake_names_the_hook(self, told) -> None:
        assert told("", added=[{"preview": {"url": "preview.test"}}]) == [
            (
                "pytest_readiness_targets: targets.preview.url: "
                "'preview.test' is no URL of a site: write https://host[:port][/path]"
            )
        ]

    @pytest.mark.parametrize("returned", [5, "https://shop.test", ["prod"], {"prod": 5}, {5: {}}])
    def test_a_hook_that_returns_something_else_is_told(self, told, returned: object) -> None:
        assert all(line.startswith("pytest_readiness_targets: targets") for line in told("", added=[returned]))
