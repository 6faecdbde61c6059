"""knot serves the domain: each fault of a nameserver is red by its own name, and green when mended."""

from __future__ import annotations

from knot import Hosted
from shop import APEX, Shop, hosted, records, said

from pytest_readiness.checks.infrastructure.dns import caa, nameservers_agree, no_dangling_names, resolves
from pytest_readiness.checks.infrastructure.domain import mail_policy
from pytest_readiness.model.states import State

GOOD = hosted(records())
NS2 = "ns2.shop.test (127.0.0.1)"


def assert_mended(shop: Shop, check=nameservers_agree, host: str = APEX) -> None:
    shop.serve(GOOD)
    outcome = shop.judged(check, host)
    assert (outcome.state, said(outcome)) == (State.PASS, [])


def test_a_domain_as_it_should_be_is_green(shop):
    shop.serve(GOOD)
    for check in (resolves, nameservers_agree, no_dangling_names, caa, mail_policy):
        outcome = shop.judged(check)
        assert (check.name, outcome.state, outcome.reason, said(outcome)) == (check.name, State.PASS, "", [])


def test_a_server_that_was_never_given_the_zone_refuses(shop):
    shop.serve(GOOD, second=(Hosted("other.test", GOOD.text.replace(APEX, "other.test")),))
    outcome = shop.judged(nameservers_agree)
    assert (outcome.state, said(outcome)) == (State.FAIL, [("nameserver refuses to answer for shop.test", NS2)])
    assert_mended(shop)


def test_a_server_that_lost_the_zone_is_lame(shop):
    shop.serve(GOOD, second=(Hosted(APEX, None),))
    outcome = shop.judged(nameservers_agree)
    assert (outcome.state, said(outcome)) == (State.FAIL, [("lame nameserver: no authority for shop.test", NS2)])
    assert_mended(shop)


def test_a_server_with_an_older_zone_is_stale(shop):
    shop.serve(GOOD, second=(hosted(records(serial=6)),))
    outcome = shop.judged(nameservers_agree)
    assert (outcome.state, said(outcome)) == (
        State.FAIL,
        [("stale nameserver: it serves an older version of the zone", NS2)],
    )
    assert outcome.findings[0].measured == "serial 6, newest 7"
    assert_mended(shop)


def test_a_server_that_gives_no_address_under_the_same_serial_differs(shop):
    gone = hosted(records().replace("@ A 192.0.2.1\n@ AAAA 2001:db8::1\n", ""))
    shop.serve(GOOD, second=(gone,))
    outcome = shop.judged(nameservers_agree)
    assert (outcome.state, said(outcome)) == (
        State.FAIL,
        [("nameserver gives other addresses, with the same serial", NS2)],
    )
    assert_mended(shop)


def test_a_server_that_hangs_is_silent(shop):
    shop.serve(GOOD)
    shop.second.pause()
    outcome = shop.judged(nameservers_agree)
    assert (outcome.state, said(outcome)) == (State.FAIL, [("silent nameserver", NS2)])
    assert "did not answer within 2 s" in outcome.findings[0].measured
    shop.second.resume()
    assert shop.judged(nameservers_agree).state is State.PASS


def test_a_server_that_is_down_is_silent(shop):
    shop.serve(GOOD)
    shop.second.stop()
    outcome = shop.judged(nameservers_agree)
    assert (outcome.state, said(outcome)) == (State.FAIL, [("silent nameserver", NS2)])
    assert "nothing listens there" in outcome.findings[0].measured
    assert_mended(shop)


def test_an_alias_that_leads_nowhere_dangles(shop):
    shop.serve(hosted(records(alias="gone")))
    outcome = shop.judged(no_dangling_names, "www.shop.test")
    assert (outcome.state, said(outcome)) == (
        State.FAIL,
        [("dangling CNAME: gone.shop.test does not exist", "www.shop.test")],
    )
    assert said(shop.judged(resolves, "www.shop.test")) == [("the name leads to no address", "www.shop.test")]
    assert_mended(shop, no_dangling_names, "www.shop.test")


def test_a_name_that_is_not_in_the_zone_does_not_exist(shop):
    shop.serve(GOOD)
    outcome = shop.judged(resolves, "nowhere.shop.test")
    assert (outcome.state, said(outcome)) == (State.FAIL, [("the name does not exist", "nowhere.shop.test")])


def test_an_alias_out_of_the_zone_is_no_pass_where_nobody_resolves_it(shop):
    """knot does not recurse: where an alias leaves its zones, nothing is known."""
    shop.serve(hosted(records(alias="edge.cdn.example.")))
    outcome = shop.judged(no_dangling_names, "www.shop.test")
    assert (outcome.state, "edge.cdn.example" in outcome.reason) == (State.UNVERIFIED, True)


def test_a_domain_that_its_resolver_does_not_know_is_unverified(shop):
    shop.serve(GOOD)
    outcome = shop.judged(resolves, "shop.internal")
    assert outcome.state is State.UNVERIFIED
    assert "know no zone that holds shop.internal" in outcome.reason
    assert "nameservers" in outcome.fix
