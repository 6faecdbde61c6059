"""infrastructure/hosting against a real server: each fault seeded, and mended."""

from __future__ import annotations

from pathlib import Path

from served import PAGE, Site, html, look, summaries
from speaking import Speaker

from pytest_readiness.checks.infrastructure import hosting
from pytest_readiness.model.states import State

TWO = ("127.0.0.1", "127.0.0.2")


class TestAddressesAnswer:
    def test_a_dead_second_address_is_named_until_it_answers(self, site: Site):
        site.addresses = TWO
        site.serve(html(PAGE))
        dead = look(hosting.addresses_answer, site.target())
        assert summaries(dead) == ["127.0.0.2 does not answer: refused"]
        assert dead.findings[0].where == "127.0.0.2"

        site.serve(html(PAGE), site.server(html(PAGE), address="127.0.0.2"))
        mended = look(hosting.addresses_answer, site.target())
        assert (mended.state, dict(mended.measured)) == (State.PASS, {"addresses": 2})

    def test_another_site_on_the_second_address_is_red(self, site: Site):
        site.addresses = TWO
        other = site.server(html("<title>Welcome to nginx!</title>"), address="127.0.0.2")
        site.serve(html(PAGE), other)
        assert summaries(look(hosting.addresses_answer, site.target())) == ["127.0.0.2 serves another site"]

    def test_pages_that_differ_in_a_nonce_are_the_same_site(self, site: Site):
        site.addresses = TWO
        page = "<title>Shop</title><p>$request_id</p>"
        site.serve(html(page), site.server(html(page), address="127.0.0.2"))
        assert look(hosting.addresses_answer, site.target()).state is State.PASS

    def test_an_address_whose_backend_is_gone_is_red(self, site: Site):
        site.addresses = TWO
        site.serve(html(PAGE), site.server("location / { return 502; }", address="127.0.0.2"))
        assert summaries(look(hosting.addresses_answer, site.target())) == ["127.0.0.2 answers 502"]

    def test_an_address_with_another_certificate_is_red_for_its_certificate(self, site: Site, authority):
        wrong = authority.issue(["other.test"]).write(site.nginx.folder, "wrong")
        site.addresses = TWO
        bad = f"""server {{ listen 127.0.0.2:{site.https} ssl; ssl_certificate {wrong.chain_file};
            ssl_certificate_key {wrong.key_file}; {html(PAGE)} }}"""
        site.serve(html(PAGE), bad)
        (summary,) = summaries(look(hosting.addresses_answer, site.target()))
        assert summary.startswith("127.0.0.2 does not answer: certificate refused")


class TestNotADefaultPage:
    def test_the_welcome_page_of_nginx_is_recognised(self, site: Site):
        """The page is the one that Debian's package installs."""
        installed = Path("/var/www/html/index.nginx-debian.html")
        site.file("index.html", installed.read_text())
        site.serve(f"root {site.root};")
        assert summaries(look(hosting.not_a_default_page, site.target())) == ["the URL shows nginx's welcome page"]

        site.file("index.html", PAGE)
        assert look(hosting.not_a_default_page, site.target()).state is State.PASS

    def test_a_url_that_answers_404_is_unverified(self, site: Site):
        site.serve("location / { return 404; }")
        assert look(hosting.not_a_default_page, site.target()).state is State.UNVERIFIED

    def test_a_url_that_only_leads_elsewhere_is_unverified_and_told_where(self, site: Site):
        site.serve("location / { return 301 https://www.shop.test/; }")
        judged = look(hosting.not_a_default_page, site.target())
        assert (judged.state, judged.fix) == (State.UNVERIFIED, 'url = "https://www.shop.test/"')


class TestClock:
    def test_a_clock_two_minutes_behind_is_red(self, site: Site, speaker: Speaker):
        target = site.target(resolve={"shop.test:443": f"127.0.0.1:{speaker.port}"})
        speaker.headers = {"Date": speaker.date(seconds=-120)}
        (summary,) = summaries(look(hosting.clock, target))
        assert summary in {f"the clock of 127.0.0.1 is {seconds} s behind ours" for seconds in range(117, 122)}

        speaker.headers = {"Date": speaker.date()}
        assert look(hosting.clock, target).state is State.PASS

    def test_an_answer_from_a_cache_is_as_old_as_its_age_says(self, site: Site, speaker: Speaker):
        target = site.target(resolve={"shop.test:443": f"127.0.0.1:{speaker.port}"})
        speaker.headers = {"Date": speaker.date(seconds=-3600), "Age": "3600"}
        assert look(hosting.clock, target).state is State.PASS

    def test_without_a_date_the_clock_is_unverified(self, site: Site, speaker: Speaker):
        target = site.target(resolve={"shop.test:443": f"127.0.0.1:{speaker.port}"})
        speaker.headers = {}
        assert look(hosting.clock, target).state is State.UNVERIFIED

    def test_nginx_on_this_machine_agrees_with_us(self, site: Site):
        site.serve(html(PAGE))
        assert look(hosting.clock, site.target()).state is State.PASS


class TestHttp2:
    def test_http_1_alone_is_a_low_finding_until_http2_is_on(self, site: Site):
        site.serve(html(PAGE), http2="")
        assert summaries(look(hosting.http2, site.target())) == [
            "the server answers in HTTP/1.1 where HTTP/2 was offered"
        ]

        site.serve(html(PAGE))
        mended = look(hosting.http2, site.target())
        assert (mended.state, dict(mended.measured)) == (State.PASS, {"http_version": "HTTP/2"})
