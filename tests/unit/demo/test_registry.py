"""The stand-in for a registry: it answers as RDAP servers do."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pytest_readiness.demo.http_server import Request
from pytest_readiness.demo.registry import BOOTSTRAP, registry
from pytest_readiness.standards.dns.rdap import Domain, parse, servers

EXPIRES = datetime(2027, 8, 13, 4, 3, 53, tzinfo=UTC)
ANSWER = registry({"shop.test": EXPIRES, "late.test": None})


def test_its_bootstrap_file_leads_to_itself():
    text = ANSWER(Request("GET", BOOTSTRAP, {"host": "127.0.0.1:8080"})).body.decode()
    assert servers(text, "www.shop.test") == ("http://127.0.0.1:8080/",)


def test_it_tells_expiry_and_status():
    answer = ANSWER(Request("GET", "/domain/shop.test"))
    assert parse(answer.body.decode()) == Domain("shop.test", EXPIRES, ("client transfer prohibited",), True)


def test_it_may_keep_the_date_back():
    answer = parse(ANSWER(Request("GET", "/domain/late.test")).body.decode())
    assert isinstance(answer, Domain)
    assert answer.expires is None


def test_it_knows_no_other_domain():
    answer = ANSWER(Request("GET", "/domain/other.test"))
    assert (answer.status, json.loads(answer.body)["errorCode"]) == (404, 404)
