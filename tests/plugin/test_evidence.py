"""Evidence of a user's own: gathered beside the built-in kind, once per target, and a fixture of the same name."""

from __future__ import annotations

import pytest

NODE = "test_own.py::test_own[prod]"


def test_it_is_a_fixture_of_the_same_name(project):
    project.tests("@readiness.security\ndef test_own(greeting): assert greeting == 'hello from prod'")

    assert project.judge("--readiness=prod", NODE).states == {NODE: "PASS"}


def test_it_may_stand_in_the_test_module(project):
    project.tests("""
        @readiness.evidence
        async def doors(target): return ["front", target.name]
        @readiness.security
        def test_own(doors): assert doors == ["front", "prod"]
    """)

    assert project.judge("--readiness=prod", NODE).states == {NODE: "PASS"}


def test_it_may_build_on_other_evidence(project):
    project.tests("""
        @readiness.evidence
        async def loud(greeting, target): return greeting.upper()
        @readiness.security
        def test_own(loud): assert loud == "HELLO FROM PROD"
    """)

    assert project.judge("--readiness=prod", NODE).states == {NODE: "PASS"}
    assert project.gathered == ["prod"]


def test_a_check_and_a_test_share_what_was_gathered_once(project):
    project.tests("@readiness.security\ndef test_own(greeting): pass")
    project.run("--readiness=all")

    assert project.gathered == ["prod", "staging"]


def test_staging_never_passes_on_the_facts_of_prod(project):
    """Evidence is kept by target first: a key without it let staging pass with prod's header."""
    project.tests("@readiness.security\ndef test_own(greeting, target): assert greeting.endswith(target.name)")
    ended = project.judge("--readiness=all")
    states = {result["nodeid"]: result["state"] for result in ended.report["results"]}

    assert states["readiness.toml::security::hsts[staging]"] == "FAIL"
    assert states["readiness.toml::security::hsts[prod]"] == "PASS"
    assert states["test_own.py::test_own[staging]"] == states[NODE] == "PASS"


def test_what_is_gathered_for_a_test_does_not_wait_for_another_target(project):
    project.tests("""
        @readiness.evidence
        async def slow(target):
            if target.name == "staging":
                raise Unverified("staging sleeps", fix="wake it")
            return "awake"
        @readiness.security
        def test_own(slow): assert slow == "awake"
    """)
    ended = project.judge("--readiness=all", "test_own.py")
    states = {result["nodeid"]: (result["state"], result["reason"]) for result in ended.report["results"]}

    assert states == {"test_own.py::test_own[staging]": ("UNVERIFIED", "staging sleeps"), NODE: ("PASS", "")}


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        ("Unverified('no credential', fix='export TOKEN=…')", "UNVERIFIED", "no credential"),
        ("NotApplicable('no doors')", "NOT-APPLICABLE", "no doors"),
        ("OSError('no route')", "ERROR", "OSError: no route"),
    ],
)
def test_an_exception_is_evidence_too_and_every_asker_learns_of_it(project, error, state, reason):
    project.tests(f"""
        @readiness.evidence
        async def doors(target): raise {error}
        @readiness.security
        def test_own(doors): pass
        @readiness.security
        def test_another(doors): pass
    """)
    with (project.path / "conftest.py").open("a") as file:
        file.write('@check("security/authentication")\ndef shut(doors):\n    return []\n')
    ended = project.judge("--readiness=prod", "-k", "own or another or shut")

    assert {result["state"] for result in ended.report["results"]} == {state}
    assert {result["reason"] for result in ended.report["results"]} == {reason}
    assert len(ended.report["results"]) == 3


def test_a_fact_that_is_not_there_in_time_is_unverified(project):
    project.tests("""
        import asyncio, datetime
        @readiness.evidence(deadline=datetime.timedelta(seconds=0.1))
        async def doors(): await asyncio.Event().wait()
        @readiness.security
        def test_own(doors): pass
    """)
    result = project.judge("--readiness=prod", NODE).result(NODE)

    assert (result["state"], result["reason"]) == ("UNVERIFIED", "doors was not there within 0.1 s")


def test_a_check_that_asks_for_what_nobody_gathers_is_an_error_that_suggests(project):
    with (project.path / "conftest.py").open("a") as file:
        file.write('@check("security/authentication")\ndef shut(greetings):\n    return []\n')
    ended = project.run("--readiness=prod")

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    assert "there is no evidence 'greetings'; did you mean 'greeting'?" in ended.text


def test_two_functions_of_one_name_are_an_error(project):
    project.tests("""
        @readiness.evidence
        async def greeting(target): return "another"
        @readiness.security
        def test_own(greeting): pass
    """)
    ended = project.run("--readiness=prod")

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    assert "two functions are called evidence 'greeting': conftest and test_own" in ended.text


def test_a_function_that_is_not_async_is_an_error_at_once(project):
    project.tests("@readiness.evidence\ndef doors(): return []\n@readiness.security\ndef test_own(doors): pass")
    ended = project.run("--readiness=prod")

    assert ended.ret == pytest.ExitCode.INTERRUPTED
    assert "doors is no async function" in ended.text


def test_a_bug_in_a_check_is_an_error_of_that_check_alone(project):
    with (project.path / "conftest.py").open("a") as file:
        file.write('@check("security/authentication")\ndef shut(greeting):\n    yield 1 / 0\n')
    ended = project.judge("--readiness=prod", "-k", "shut or hsts")

    assert ended.states == {
        "readiness.toml::security::hsts[prod]": "PASS",
        "readiness.toml::security::shut[prod]": "ERROR",
    }
    assert "ZeroDivisionError" in ended.text
    assert ended.ret == 1


def test_in_a_plain_run_it_is_not_gathered_and_the_body_that_asks_for_it_does_not_run(project):
    project.write("test_app.py", "def test_app(greeting): raise AssertionError('this must not run')\n")

    assert project.run().ran == []
    assert project.gathered == []


class TestClient:
    """`http` and its guards in a user's own test."""

    @pytest.fixture
    def project(self, project, shop):
        project.write("readiness.toml", f'[targets.prod]\nurl = "{shop.url}/"\n')
        return project

    def test_it_speaks_with_the_target(self, project, shop):
        project.tests("""
            @readiness.security
            def test_own(http): assert http.get("/orders").status_code == 401
        """)

        assert project.judge("--readiness=prod", NODE).states == {NODE: "PASS"}
        assert shop.requests == ["GET /orders"]

    @pytest.mark.parametrize(
        ("call", "reason"),
        [
            ("post('/orders')", "POST /orders was held back: this run only observes prod"),
            ("get('http://elsewhere.test/')", "a request to elsewhere.test was held back: the target is 127.0.0.1"),
        ],
    )
    def test_what_is_not_allowed_is_held_back_and_unverified(self, project, shop, call, reason):
        project.tests(f"@readiness.security\ndef test_own(http): http.{call}")
        ended = project.judge("--readiness=prod", NODE)

        assert ended.result(NODE)["reason"] == reason
        assert (ended.states, ended.ret) == ({NODE: "UNVERIFIED"}, 1)
        assert shop.requests == []

    def test_what_it_sends_is_counted(self, project):
        project.tests("@readiness.security\ndef test_own(http): http.get('/'), http.get('/'), http.get('/')")
        ended = project.judge("--readiness=prod", NODE)

        assert ended.report["targets"]["prod"]["sent"]["http_requests"] == 3
        assert "sent: 3 HTTP requests" in ended.text

    def test_over_the_budget_it_is_unverified(self, project, shop):
        project.write("readiness.toml", f'[targets.prod]\nurl = "{shop.url}/"\nbudget = {{ requests = 2 }}\n')
        project.tests("@readiness.security\ndef test_own(http): http.get('/'), http.get('/'), http.get('/')")
        result = project.judge("--readiness=prod", NODE).result(NODE)

        assert result["state"] == "UNVERIFIED"
        assert result["reason"] == "the budget of 2 requests for prod is used up"
        assert len(shop.requests) == 2

    def test_evidence_and_tests_spend_one_budget(self, project, shop):
        project.tests("""
            @readiness.evidence
            async def front(http): return (await http.fetch("/")).status
            @readiness.security
            def test_own(front, http): assert front == http.get("/").status_code
        """)
        ended = project.judge("--readiness=prod", NODE)

        assert ended.report["targets"]["prod"]["sent"]["http_requests"] == 2
        assert shop.requests == ["GET /", "GET /"]
