"""Hosting services where a released name can be claimed by somebody else."""

from __future__ import annotations

import pytest

from pytest_readiness.standards.dns.takeover import SERVICES, is_unclaimed, service_of


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("shop.github.io", "GitHub Pages"),
        ("shop.s3.amazonaws.com", "Amazon S3"),
        ("shop.s3-website.eu-central-1.amazonaws.com", "Amazon S3"),
        ("shop.azurewebsites.net", "Microsoft Azure"),
    ],
)
def test_the_name_tells_the_service(name, service):
    found = service_of(["www.shop.example", name])
    assert found is not None
    assert (found[0].name, found[1]) == (service, name)


@pytest.mark.parametrize(
    "name", ["github.io", "notgithub.io", "lb-1.eu-central-1.elb.amazonaws.com", "shop.github.io.example"]
)
def test_other_names_are_of_none(name):
    assert service_of([name]) is None


def test_what_a_service_says_of_a_name_that_nobody_has_claimed():
    assert is_unclaimed("GitHub Pages", "<p><strong>There isn't a GitHub Pages site here.</strong></p>")
    assert not is_unclaimed("GitHub Pages", "<h1>Shop</h1>")
    assert not is_unclaimed("Heroku", "There isn't a GitHub Pages site here.")


def test_every_service_is_named_once():
    assert len({service.name for service in SERVICES}) == len(SERVICES)
