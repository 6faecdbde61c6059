"""What error pages give away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.stack_traces import EXCERPT, revelations


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('Traceback (most recent call last):\n  File "/srv/app/a.py", line 1', "a Python traceback"),
        ("<code>DEBUG = True</code> in your Django settings file", "a Django debug page"),
        ("<title>KeyError // Werkzeug Debugger</title>", "the Werkzeug debugger"),
        ("\tat com.shop.web.OrderController.show(OrderController.java:42)", "a Java stack trace"),
        ("   at Shop.Web.Program.Main(String[] args) in C:\\src\\Program.cs:line 9", "a .NET stack trace"),
        ("TypeError: x\n    at show (/srv/shop/routes/index.js:10:3)", "a JavaScript stack trace"),
        ("/srv/shop/app/models/order.rb:10:in `total'", "a Ruby backtrace"),
        ("goroutine 1 [running]:\nmain.main()", "a Go panic"),
        ("<b>Warning</b>: Undefined variable $x in <b>/var/www/html/index.php</b> on line <b>3</b>", "a PHP error"),
        ("SQLSTATE[42S02]: Base table or view not found", "a database error"),
        ("cannot open /srv/shop/releases/42/app.py", "a path of the server"),
        ("Illuminate\\Database\\QueryException", "a Laravel debug page"),
    ],
)
def test_each_kind_is_told_by_its_own_words(text: str, what: str):
    assert what in [revealed.what for revealed in revelations(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<h1>404 Not Found</h1><hr>nginx",
        "Something went wrong. Our team was told; the reference is 4f2a.",
        '{"error": "not found", "path": "/var/x"}',
        "Look at https://shop.test/app/main.js or /usr/share for more",
        "at noon (see below), warning: it rains in Spain",
    ],
)
def test_a_discreet_error_page_reveals_nothing(text: str):
    assert list(revelations(text)) == []


def test_the_path_within_a_trace_is_not_told_twice():
    text = 'Traceback (most recent call last):\n  File "/srv/shop/app.py", line 3'
    assert [revealed.what for revealed in revelations(text)] == ["a Python traceback"]


@given(st.text(max_size=2000))
def test_any_text_can_be_looked_at_and_excerpts_are_short(text: str):
    assert all(len(revealed.excerpt) <= EXCERPT for revealed in revelations(text))
