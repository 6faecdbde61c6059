"""The nginx that the integration tests start."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request

import pytest
from nginx import Nginx, NginxError

from pytest_readiness.demo.authority import Authority


def fetch(url: str, context: ssl.SSLContext | None = None) -> str:
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return answer.read().decode()


def test_it_serves_over_tls_and_logs_request_lines(nginx: Nginx, authority: Authority):
    files = authority.issue(["localhost"]).write(nginx.folder)
    port = nginx.port()
    nginx.serve(f"""
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {files.chain_file};
        ssl_certificate_key {files.key_file};
        location / {{ return 200 hello; }}
    }}""")
    assert fetch(f"https://localhost:{port}/", authority.client_context()) == "hello"
    assert nginx.requests(at_least=1) == ["GET / HTTP/1.1"]


def test_it_can_be_mended_on_the_same_port(nginx: Nginx):
    port = nginx.port("127.0.0.1", "127.0.0.2")
    nginx.serve(f"server {{ listen 127.0.0.1:{port}; return 200 bad; }}")
    assert fetch(f"http://127.0.0.1:{port}/") == "bad"
    nginx.serve(f"""
        server {{ listen 127.0.0.1:{port}; return 200 good; }}
        server {{ listen 127.0.0.2:{port}; return 200 second; }}""")
    assert [fetch(f"http://{address}:{port}/") for address in ("127.0.0.1", "127.0.0.2")] == ["good", "second"]


def test_it_says_what_is_wrong_with_a_configuration(nginx: Nginx):
    with pytest.raises(NginxError, match='unknown directive "nonsense"'):
        nginx.serve(f"server {{ listen 127.0.0.1:{nginx.port()}; nonsense; }}")


def test_it_is_gone_when_it_was_stopped(nginx: Nginx):
    port = nginx.port()
    nginx.serve(f"server {{ listen 127.0.0.1:{port}; return 200 hello; }}")
    nginx.stop()
    with pytest.raises(urllib.error.URLError, match="refused"):
        fetch(f"http://127.0.0.1:{port}/")
