"""Hosting services where a released name can be claimed by somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A hosting service.

    Attributes:
        name: What it is called.
        suffixes: The names that it gives to its customers end in one of these.
        unclaimed: What its answer says for a name that no customer has claimed; empty where such names do not resolve.
        label: What one of the labels before the suffix begins with, where the suffix alone does not tell the service.
    """

    name: str
    suffixes: tuple[str, ...]
    unclaimed: tuple[str, ...] = ()
    label: str = ""


SERVICES = (
    Service("GitHub Pages", ("github.io",), ("There isn't a GitHub Pages site here",)),
    Service("GitLab Pages", ("gitlab.io",), ("The page you're looking for could not be found",)),
    Service("Bitbucket Cloud", ("bitbucket.io",), ("Repository not found",)),
    Service("Heroku", ("herokuapp.com", "herokudns.com", "herokussl.com"), ("No such app",)),
    Service("Amazon S3", ("amazonaws.com",), ("NoSuchBucket", "The specified bucket does not exist"), label="s3"),
    Service("AWS Elastic Beanstalk", ("elasticbeanstalk.com",)),
    Service(
        "Microsoft Azure",
        (
            "azurewebsites.net",
            "cloudapp.net",
            "cloudapp.azure.com",
            "trafficmanager.net",
            "azureedge.net",
            "azurefd.net",
            "azurecontainer.io",
            "blob.core.windows.net",
        ),
        ("404 Web Site not found",),
    ),
    Service("Netlify", ("netlify.app", "netlify.com"), ("Not Found - Request ID",)),
    Service("Vercel", ("vercel.app", "vercel-dns.com", "now.sh"), ("DEPLOYMENT_NOT_FOUND",)),
    Service("Fastly", ("fastly.net",), ("Fastly error: unknown domain",)),
    Service("Pantheon", ("pantheonsite.io",), ("The gods are wise",)),
    Service("Surge", ("surge.sh",), ("project not found",)),
    Service("Shopify", ("myshopify.com",), ("Sorry, this shop is currently unavailable",)),
    Service("Ghost", ("ghost.io",), ("The thing you were looking for is no longer here",)),
    Service("WordPress.com", ("wordpress.com",), ("Do you want to register",)),
    Service("Read the Docs", ("readthedocs.io",), ("The link you have followed or the URL that you entered",)),
    Service("Webflow", ("proxy.webflow.com", "proxy-ssl.webflow.com"), ("The page you are looking for doesn't exist",)),
    Service("Zendesk", ("zendesk.com",), ("Help Center Closed",)),
)


def service_of(names: Iterable[str]) -> tuple[Service, str] | None:
    """Return the first service that one of ``names`` belongs to, and that name; None where none does."""
    for name in names:
        dotted = f".{name.lower().rstrip('.')}"
        for service in SERVICES:
            for suffix in service.suffixes:
                rest = dotted.removesuffix(f".{suffix}")
                if rest == dotted or not rest:
                    continue
                if not service.label or any(label.startswith(service.label) for label in rest.split(".")[1:]):
                    return service, dotted[1:]
    return None


def is_unclaimed(service_name: str, body: str) -> bool:
    """Return whether ``body`` is what the service called ``service_name`` says of a name that nobody has claimed."""
    return any(
        sentence in body for service in SERVICES if service.name == service_name for sentence in service.unclaimed
    )
