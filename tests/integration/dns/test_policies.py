"""knot serves what the domain says of its certificates and its mail: each omission is named, and green when mended."""

from __future__ import annotations

import pytest
from shop import APEX, Shop, hosted, records, said

from pytest_readiness.checks.infrastructure.dns import caa
from pytest_readiness.checks.infrastructure.domain import mail_policy
from pytest_readiness.model.checks import Check
from pytest_readiness.model.states import State

FAULTS = {
    "no CAA": (
        caa,
        '@ CAA 0 issue "ca.example"\n',
        "",
        State.WARN,
        ("no CAA record: every authority may issue certificates for the name", APEX),
    ),
    "no SPF": (
        mail_policy,
        '@ TXT "v=spf1 -all"\n',
        "",
        State.FAIL,
        ("no SPF record: anybody may send mail in its name", APEX),
    ),
    "open SPF": (
        mail_policy,
        "v=spf1 -all",
        "v=spf1 +all",
        State.FAIL,
        ("SPF lets anybody send mail in its name", APEX),
    ),
    "no DMARC": (
        mail_policy,
        '_dmarc TXT "v=DMARC1; p=reject"\n',
        "",
        State.FAIL,
        ("no DMARC record: receivers let forged mail through", f"_dmarc.{APEX}"),
    ),
}


def assert_mended(shop: Shop, check: Check[...]) -> None:
    shop.serve(hosted(records()))
    outcome = shop.judged(check)
    assert (outcome.state, said(outcome)) == (State.PASS, [])


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_zone_leaves_out_is_found(shop, fault):
    check, line, instead, state, finding = FAULTS[fault]
    assert line in records()
    shop.serve(hosted(records().replace(line, instead)))
    outcome = shop.judged(check)
    assert (outcome.state, finding in said(outcome)) == (state, True)
    assert_mended(shop, check)
