"""Documents are read as browsers read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.html import Kind, Load, Meta, candidates, parse
from pytest_readiness.standards.pages.html_tokens import decode

MARKUP = """< </ <! <!-- --> --!> <!--> > / = " ' & &amp; &#x41; &#99999999999; <script <script> </script> <style>
    </style> <template> </template> <title> </title> <meta <base <img src= srcset= url( @import <svg> </svg> <svg/>
    <noscript> <plaintext> <![CDATA[ ]]> <?xml <a <iframe srcdoc= href=x content=y style="""
FRAGMENTS = st.sampled_from([*MARKUP.split(), " ", "\n", "\x00", "é", "\udc80"])


def urls(text: str) -> list[str]:
    return [load.url for load in parse(text).loads]


class TestLoads:
    def test_each_element_that_fetches_is_a_load_of_its_kind(self):
        text = """<!doctype html><html><head>
            <link rel="stylesheet" href="a.css" integrity="sha384-x" crossorigin="anonymous">
            <link rel="shortcut icon" href="b.ico"><link rel=preload as=font href="c.woff2">
            <link rel=preload as=script href="d.js"><link rel=manifest href="e.json"><link rel=canonical href="no">
            <script src="f.js"></script></head><body background="g.png">
            <img src="h.png" srcset="i.png 2x, j.png 3x"><iframe src="k"></iframe><object data="l"></object>
            <embed src="m">
            <video src="n" poster="o"><source src="p"><track src="q"></video><audio src="r"></audio>
            <form action="s"><button formaction="t"></button><input type=image src="u"></form>"""
        assert [(load.tag, load.kind, load.url) for load in parse(text).loads] == [
            ("link", "stylesheet", "a.css"),
            ("link", "image", "b.ico"),
            ("link", "font", "c.woff2"),
            ("link", "preload", "d.js"),
            ("link", "manifest", "e.json"),
            ("script", "script", "f.js"),
            ("body", "image", "g.png"),
            ("img", "image", "h.png"),
            ("img", "image", "i.png"),
            ("img", "image", "j.png"),
            ("iframe", "frame", "k"),
            ("object", "object", "l"),
            ("embed", "object", "m"),
            ("video", "media", "n"),
            ("video", "image", "o"),
            ("source", "media", "p"),
            ("track", "media", "q"),
            ("audio", "media", "r"),
            ("form", "form", "s"),
            ("button", "form", "t"),
            ("input", "image", "u"),
        ]

    def test_integrity_and_crossorigin_come_along(self):
        text = '<script src=a integrity="sha256-x" crossorigin></script>'
        assert parse(text).loads == (Load("script", Kind.SCRIPT, "a", "sha256-x", ""),)

    @pytest.mark.parametrize(
        "text",
        [
            "<!-- <script src=x></script> -->",
            "<!-- > <script src=x></script>",
            "<template><img src=x></template>",
            "<template><template></template><img src=x></template>",
            "<noscript><img src=x></noscript>",
            "<title><img src=x></title>",
            "<textarea><script src=x></script></textarea>",
            "<script>'<img src=x>'</script>",
            "<style><img src=x></style>",
            "<iframe><img src=x></iframe>",
            "<plaintext><img src=x>",
            "<script type='application/json' src=x></script>",
            "<script type=importmap src=x></script>",
            "<img src='x>",
            "<img src=x",
            "<img src='  '>",
            "< img src=x>",
            "<script><!-- <script></script> <img src=x> --></script>",
            "<link rel=stylesheet disabled href=x>",
            "<link rel=stylesheet type=text/less href=x>",
        ],
    )
    def test_what_a_browser_does_not_fetch_is_no_load(self, text):
        assert urls(text) == []

    @pytest.mark.parametrize(
        "text",
        [
            "<!--><img src=x>",
            "<!---><img src=x>",
            "<!----><img src=x>",
            "<!-- a --!><img src=x>",
            "<!foo><img src=x>",
            "<![if !IE]><img src=x><![endif]>",
            "<?php ><img src=x>",
            "</><img src=x>",
            "</ ><img src=x>",
            "<IMG SRC=x>",
            "<img/src=x>",
            "<img\tsrc\n=\n'x'>",
            "<img src=x src=y>",
            "<img =a src=x>",
            "<img a='>' src=x>",
            "<img src=&#120;>",
            "<img src=&#x78;>",
            "<script>a</script ><img src=x>",
            "<script><!-- </script><img src=x>",
            "<script><!--><script></script><img src=x>",
            "<template shadowrootmode=open><img src=x></template>",
            "<svg><title/><image xlink:href=x /></svg>",
            "<svg><script href=x /></svg>",
            "<script type=module src=x></script>",
            "<script type='' src=x></script>",
            "<script type=' Text/JavaScript ' src=x></script>",
            "<iframe srcdoc='<img src=x>' src=y></iframe>",
            "<div style='background: url(x)'>",
            '<style>a { background: url( "x" ) }</style>',
            "<style>@import 'x';</style>",
            "<style>@import url(x);</style>",
            "<style>@font-face { src: url(x) }</style>",
        ],
    )
    def test_what_a_browser_fetches_is_a_load(self, text):
        assert urls(text) == ["x"]

    def test_a_style_sheet_tells_its_imports_fonts_and_images_apart(self):
        style = "<style>/* url(no) */ @import url(a); @font-face { src: url(b) } p { background: url(c) }</style>"
        assert [(load.kind, load.url) for load in parse(style).loads] == [
            ("stylesheet", "a"),
            ("font", "b"),
            ("image", "c"),
        ]

    def test_a_source_set_ends_its_urls_at_commas_but_not_within_them(self):
        assert list(candidates("a,b 1x, c (x,y), d,, e,")) == ["a,b", "c", "d", "e"]


class TestDocument:
    def test_the_title_is_read_once_and_decoded(self):
        assert parse("<title>\n Welcome &amp;\n go </title><svg><title>no</title></svg>").title == "Welcome & go"

    def test_a_title_inside_a_drawing_is_none_of_the_document(self):
        assert parse("<svg><g></g><title>no</title></svg><title>yes</title>").title == "yes"

    def test_a_monstrous_reference_is_survived(self):
        assert parse(f"<title>&#{'9' * 5000};</title>").title == "\N{REPLACEMENT CHARACTER}"

    def test_the_first_base_with_an_href_counts(self):
        document = parse("<base target=_top><base href='https://cdn.test/x/'><base href=no><img src=a.png>")
        assert document.base_href == "https://cdn.test/x/"
        assert document.absolute(document.loads[0], "https://shop.test/") == "https://cdn.test/x/a.png"

    @pytest.mark.parametrize("href", ["data:text/html,x", "javascript:0", "http://[bad"])
    def test_a_base_that_browsers_ignore_changes_nothing(self, href):
        assert parse(f"<base href='{href}'>").base("https://shop.test/a") == "https://shop.test/a"

    def test_metas_tell_whether_they_stand_in_the_head(self):
        text = """<meta http-equiv="Content-Security-Policy" content="a"></head><meta name=Referrer content=b>
            <p><meta http-equiv="content-security-policy" content="c">"""
        document = parse(text)
        assert document.metas == (
            Meta(http_equiv="content-security-policy", content="a"),
            Meta(name="referrer", content="b"),
            Meta(http_equiv="content-security-policy", content="c", in_head=False),
        )
        assert document.policies() == ("a",)

    def test_text_before_a_meta_ends_the_head(self):
        assert parse("hello<meta http-equiv=content-security-policy content=a>").policies() == ()


class TestRobustness:
    @given(st.text() | st.lists(FRAGMENTS).map("".join))
    def test_anything_can_be_read(self, text):
        document = parse(text)
        for load in document.loads:
            document.absolute(load, "https://shop.test/")

    @given(st.binary())
    def test_any_bytes_can_be_read(self, body):
        parse(body.decode("utf-8", "replace"))
        parse(body.decode("latin-1"))

    @pytest.mark.parametrize(
        "unit",
        ["<", "<!--", "<!", "</", "<a ", "<script><!--", "&", "<p a='", "<style>url(  ", "<img srcset=',", "<title>",
         "<iframe srcdoc='", "@import ", "<template>"],
    )  # fmt: skip
    def test_hostile_repetition_takes_linear_time(self, unit):
        parse(unit * (262_144 // len(unit)))

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("a&amp;b", "a&b"),
            ("?a=1&copy=2", "?a=1&copy=2"),
            ("&copy;", "©"),
            ("&copy", "©"),
            ("&notit;", "&notit;"),
            ("&#65", "A"),
            ("&#X41;", "A"),
            ("&#0;", "\N{REPLACEMENT CHARACTER}"),
            ("&#xFFFFFFFFF;", "\N{REPLACEMENT CHARACTER}"),
            ("&", "&"),
        ],
    )
    def test_references_in_attributes_decode_as_in_browsers(self, written, read):
        assert decode(written) == read
