"""Pages that say that nobody has moved in yet: web servers, hosts, parking, frameworks.

Each is known by several of its own sentences together, so that a page that mentions nginx, or sells domains, is not
taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DefaultPage:
    """A page that somebody else wrote.

    Attributes:
        what: What shows it.
        signs: What its text says; all of them.
    """

    what: str
    signs: tuple[re.Pattern[str], ...]


def _page(what: str, *signs: str) -> DefaultPage:
    return DefaultPage(what, tuple(re.compile(sign, re.IGNORECASE) for sign in signs))


PAGES = (
    _page("nginx's welcome page", r"<title>Welcome to nginx", r"nginx web server is successfully installed"),
    _page("nginx's test page", r"<title>Test Page for the Nginx HTTP Server", r"proper operation of the"),
    _page(
        "OpenResty's welcome page", r"<title>Welcome to OpenResty", r"OpenResty web platform is successfully installed"
    ),
    _page("Apache's default page", r"<title>Apache2 \w+ Default Page", r"It works"),
    _page(
        "Apache's test page", r"<title>(?:HTTP Server )?Test Page", r"This page is used to test the proper operation of"
    ),
    _page(
        "Apache's default page",
        r"\A\s*(?:<!doctype[^>]*>\s*)?<html>\s*(?:<head>.{0,200}</head>)?\s*<body>\s*<h1>It works!</h1>",
    ),
    _page(
        "the welcome page of IIS",
        r"<title>IIS (?:Windows(?: Server)?|\d)",
        r"iis(?:start|-8|-85)?\.png|linkid=66138|img src=\"welcome",
    ),
    _page("Caddy's welcome page", r"<title>Caddy works", r"caddyserver\.com"),
    _page("Tomcat's welcome page", r"<title>Apache Tomcat", r"successfully installed Tomcat"),
    _page("Tomcat's welcome page", r"<title>Apache Tomcat", r"default Tomcat home page"),
    _page(
        "Jetty's welcome page",
        r"<title>(?:Powered by|Welcome to) Jetty|<title>Eclipse Jetty",
        r"<h1>\s*Welcome to .{0,20}Jetty",
    ),
    _page("lighttpd's placeholder page", r"<title>Welcome page", r"lighttpd", r"placeholder page"),
    _page("WildFly's welcome page", r"<title>Welcome to WildFly", r"Your WildFly instance is running"),
    _page(
        "Django's welcome page", r"The install worked successfully! Congratulations!", r"DEBUG=True|djangoproject\.com"
    ),
    _page("the welcome page of Rails", r"<title>Ruby on Rails", r"<strong>Rails version:</strong>"),
    _page("Laravel's welcome page", r"<title>Laravel</title>", r"laravel\.com/docs", r"laracasts\.com"),
    _page(
        "Symfony's welcome page",
        r"<title>Welcome to Symfony",
        r"Your application is now ready|homepage URL is configured",
    ),
    _page("Spring Boot's error page", r"Whitelabel Error Page", r"no explicit mapping for /error"),
    _page("the welcome page of Express", r"<title>Express</title>", r"<h1>Express</h1>", r"Welcome to Express"),
    _page("the starter page of Next.js", r"<title>Create Next App</title>", r"nextjs\.org"),
    _page("the starter page of Vite", r"<title>Vite(?: App| \+ \w+(?: \+ TS)?)</title>", r"<div id=\"(?:root|app)\">"),
    _page(
        "the starter page of Create React App", r"<title>React App</title>", r"Web site created using create-react-app"
    ),
    _page(
        "the starter page of ASP.NET",
        r"<title>Home [Pp]age - \w",
        r"Learn about <a href=\"https://(?:docs|learn)\.microsoft\.com/aspnet",
    ),
    _page("Phoenix's welcome page", r"Phoenix Framework", r"Peace of mind from prototype to production"),
    _page("WordPress's installer", r"<title>WordPress &rsaquo; (?:Installation|Setup)", r"wp-admin"),
    _page("cPanel's default page", r"defaultwebpage\.cgi"),
    _page("Plesk's default page", r"<title>(?:Web Server's Default Page|Domain Default page)", r"plesk"),
    _page(
        "Azure's placeholder page",
        r"Your (?:web app|app service app) is (?:running and waiting|up and running)",
        r"azure",
    ),
    _page("Elastic Beanstalk's sample page", r"Elastic Beanstalk", r"Congratulations", r"now running"),
    _page(
        "Firebase's placeholder page",
        r"<title>Welcome to Firebase Hosting",
        r"Firebase Hosting Setup Complete|Why am I seeing this",
    ),
    _page(
        "Heroku's page for an app that is not there",
        r"herokucdn\.com/error-pages/(?:no-such-app|application-error)\.html",
    ),
    _page("Heroku's placeholder page", r"<title>Welcome to your new app|Heroku \| Welcome to your new app", r"heroku"),
    _page("the page of GitHub Pages for a site that is not there", r"There isn't a GitHub Pages site here"),
    _page(
        "Amazon S3's answer for a bucket that is not there",
        r"<Error>",
        r"<Code>NoSuch(?:Bucket|WebsiteConfiguration)</Code>",
    ),
    _page("the ingress controller's default backend", r"\A\s*default backend - 404\s*\Z"),
    _page("a parking page of Sedo", r"sedoparking\.com|img\.sedo\.com", r"parking|domain"),
    _page(
        "a parking page",
        r"(?:parkingcrew\.net|bodis\.com|parklogic\.com|above\.com/marketplace|dan\.com/buy-domain)",
        r"domain",
    ),
    _page(
        "a parking page of GoDaddy",
        r"(?:secureserver|godaddy|wsimg)\.com",
        r"parked (?:free|domain)|is parked|parking-lander",
    ),
    _page(
        "a page that offers the domain for sale",
        r"<title>[^<]{0,200}(?:domain (?:name )?(?:is )?for sale|is for sale)",
        r"(?:buy|make an? offer|inquire)",
    ),
)


def recognise(text: str) -> DefaultPage | None:
    """Return which default page ``text`` is, or None where it is none that is known."""
    return next((page for page in PAGES if all(sign.search(text) for sign in page.signs)), None)
