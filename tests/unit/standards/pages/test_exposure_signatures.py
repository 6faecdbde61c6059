"""What should not be served is known by its content, and nothing else is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.http import Cause, Exchange, Silence
from pytest_readiness.standards.pages.exposure import (
    DEBUG_PAGES,
    FILES,
    LIMIT,
    LISTING,
    SIGNATURES,
    Sight,
    is_source_map,
    sight,
)

BY_PATH = {signature.path: signature for signature in SIGNATURES}

SPECIMENS = {
    "/.git/HEAD": b"ref: refs/heads/main\n",
    "/.git/config": b"[core]\n\trepositoryformatversion = 0\n",
    "/.svn/wc.db": b"SQLite format 3\x00",
    "/.hg/requires": b"dotencode\nfncache\n",
    "/.env": b"# local\nexport DATABASE_URL=postgres://x\n",
    "/.env.production": b"APP_KEY=base64:x\r\n",
    "/.env.local": b"SECRET = x\n",
    "/.env.bak": b"SECRET=\n",
    "/.aws/credentials": b"[default]\naws_access_key_id = AKIA\n",
    "/.npmrc": b"//registry.npmjs.org/:_authToken=npm_x\n",
    "/.docker/config.json": b'{"auths": {}}',
    "/.htpasswd": b"admin:$apr1$x$y\n",
    "/.ssh/id_rsa": b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "/id_rsa": b"-----BEGIN RSA PRIVATE KEY-----\n",
    "/server.key": b"-----BEGIN PRIVATE KEY-----\n",
    "/privkey.pem": b"-----BEGIN EC PRIVATE KEY-----\n",
    "/backup.sql": b"-- MariaDB dump 10.19\n",
    "/dump.sql": b"--\n-- PostgreSQL database dump\n--\n",
    "/database.sql": b"CREATE TABLE users (id int);\n",
    "/db.sqlite3": b"SQLite format 3\x00\x10",
    "/backup.zip": b"PK\x03\x04\x14",
    "/backup.tar.gz": b"\x1f\x8b\x08\x00",
    "/terraform.tfstate": b'{"version": 4, "terraform_version": "1.9.0"}',
    "/config.json": b'{"dbPassword": "x"}',
    "/appsettings.json": b'{"ConnectionStrings": {}}',
    "/wp-config.php.bak": b"<?php define('DB_PASSWORD', 'x');",
    "/web.config": b'<?xml version="1.0"?><configuration >',
    "/docker-compose.yml": b"version: '3'\nservices:\n  web:\n",
    "/Dockerfile": b"# build\nFROM python:3.13\n",
    "/.DS_Store": b"\x00\x00\x00\x01Bud1\x00",
    "/console": b"<title>Console // Werkzeug Debugger</title>",
    "/__debug__/": b'<div id="djDebug" class="djdt-hidden">',
    "/_profiler/": b"<title>Symfony Profiler</title>",
    "/_ignition/health-check": b'{"can_execute_commands":true}',
    "/telescope/requests": b"<title>Telescope - Shop</title>",
    "/rails/info/routes": b"<title>Routes</title>",
    "/elmah.axd": b"<h1>Error Log for Shop</h1>",
    "/phpinfo.php": b"<title>PHP 8.3.1 - phpinfo()</title>",
    "/debug/pprof/": b"<p>Types of profiles available:</p>",
    "/debug/vars": b'{"cmdline": [], "memstats": {}}',
    "/actuator": b'{"_links":{"env":{"href":"https://shop.test/actuator/env"}}}',
    "/actuator/env": b'{"activeProfiles":[],"propertySources":[]}',
    "/h2-console": b"<title>H2 Console</title>",
    "/adminer.php": b"<title>Login - Adminer</title>",
    "/phpmyadmin/": b"<title>phpMyAdmin</title>",
    "/admin/": b"<title>Log in | Django site admin</title>",
    "/graphiql": b"<title>GraphiQL</title>",
    "/metrics": b"# HELP process_cpu_seconds_total CPU\n",
    "/server-status": b"<title>Apache Status</title>",
    "/nginx_status": b"Active connections: 291 \n",
    "/stub_status": b"Active connections: 1 \n",
    "/static/": b"<html>\n<head><title>Index of /static/</title></head>",
    "/assets/": b"<title>Directory listing for /assets/</title>",
    "/uploads/": b"<pre>[To Parent Directory]<br>",
    "/media/": b"<h1>Index of /media</h1>",
    "/files/": b"<title>Directory: /files/</title>",
    "/backup/": b"<title>Index of /backup</title>",
}

INNOCENT = (
    b"",
    b"<!doctype html><title>Shop</title><p>Buy now. API_KEY=1</p>",
    b"<html><head><title>404 Not Found</title></head><body>nginx</body></html>",
    b'{"error":"not found","path":"/.env","status":404}',
    b"OK",
    b"User-agent: *\nDisallow: /admin/\n",
    b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
    b"<title>How to read nginx's Active connections</title><p>phpMyAdmin, Adminer and GraphiQL are tools</p>",
)


def test_every_signature_has_a_specimen():
    assert SPECIMENS.keys() == BY_PATH.keys()


def test_each_path_is_asked_for_once():
    assert len(BY_PATH) == len(SIGNATURES) == len(FILES) + len(DEBUG_PAGES)


@pytest.mark.parametrize("path", SPECIMENS)
def test_each_specimen_is_known_where_it_lies(path: str):
    assert BY_PATH[path].matches(SPECIMENS[path])


@pytest.mark.parametrize("body", INNOCENT)
def test_what_sites_say_of_unknown_paths_is_none_of_it(body: bytes):
    assert [signature.path for signature in SIGNATURES if signature.matches(body)] == []


@given(st.binary(max_size=2 * LIMIT))
def test_any_bytes_can_be_looked_at(body: bytes):
    for signature in SIGNATURES:
        signature.matches(body)


def test_a_page_that_speaks_of_an_index_is_no_listing():
    assert LISTING.search(b"<title>Index of consumer prices</title>") is None


@pytest.mark.parametrize(
    ("body", "is_map"),
    [
        (b'{"version":3,"file":"a.js","mappings":"AAAA"}', True),
        (b')]}\'\n{"version":3,"sections":[]}', True),
        (b'{"version":3,"sources":["a.ts"', True),  # the first 4 KiB of a larger one
        (b'{"error":"no sources"}', False),
        (b"<title>Shop</title>", False),
        (b"", False),
    ],
)
def test_a_source_map_is_json_with_its_own_members(body: bytes, is_map: bool):
    assert is_source_map(body) is is_map


class TestSight:
    SIGNATURE = BY_PATH["/.env"]
    LEAK = Exchange("GET", "https://shop.test/.env", 206, body=b"SECRET=x\n")
    CONTROL = (Exchange("GET", "https://shop.test/x", 404),)

    def test_content_that_random_paths_do_not_show_is_served(self):
        assert sight(self.SIGNATURE, self.LEAK, self.CONTROL) is Sight.SERVED

    def test_content_that_random_paths_show_is_undecided(self):
        control = (Exchange("GET", "https://shop.test/x", 200, body=b"ANY_PATH=x\n"),)
        assert sight(self.SIGNATURE, self.LEAK, control) is Sight.UNDECIDED

    def test_silence_is_undecided_and_so_is_not_now(self):
        silence = Silence("GET", "https://shop.test/.env", Cause.BROKEN)
        busy = Exchange("GET", "https://shop.test/.env", 503)
        assert [sight(self.SIGNATURE, said, self.CONTROL) for said in (silence, busy)] == [Sight.UNDECIDED] * 2
