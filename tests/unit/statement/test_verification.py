"""A statement holds for one release, one target, some time and one verdict, and says exactly why it does not."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from ready_run import COMMIT, NOW, STARTED

from pytest_readiness.model.releases import parse
from pytest_readiness.statement import dsse, intoto, keys
from pytest_readiness.statement.verification import SKEW, Wanted, reasons_against


def reasons(octets: bytes, *signers, now=NOW, **wanted) -> list[str]:
    fields = {"target": "prod", "release": parse(COMMIT), "max_age": timedelta(hours=24)} | wanted
    return reasons_against(octets, [signer.public_key() for signer in signers], Wanted(**fields), now)


class TestHolds:
    def test_a_ready_target_of_that_release_holds(self, envelope, key):
        assert reasons(envelope(), key) == []

    def test_any_of_the_given_keys_is_enough(self, envelope, key):
        assert reasons(envelope(), keys.generate(), key) == []

    def test_one_known_signature_among_strangers_is_enough(self, statement, key):
        signed = dsse.sign(statement(), intoto.PAYLOAD_TYPE, [keys.generate(), key])
        assert reasons(dsse.render(signed).encode(), key) == []

    @pytest.mark.parametrize("verdict", ["READY", "READY WITH WAIVERS"])
    def test_waivers_are_accepted_where_they_are_asked_for(self, envelope, key, verdict):
        assert reasons(envelope(verdict=verdict), key, verdict="ready-with-waivers") == []

    def test_the_age_is_inclusive(self, envelope, key):
        assert reasons(envelope(), key, now=STARTED + timedelta(hours=24)) == []

    def test_a_clock_that_is_a_little_ahead_is_forgiven(self, envelope, key):
        assert reasons(envelope(), key, now=STARTED + timedelta(minutes=2) - SKEW) == []


class TestDoesNotHold:
    @pytest.mark.parametrize(
        ("verdict", "wanted"),
        [
            ("READY WITH WAIVERS", "ready"),
            ("NOT READY", "ready"),
            ("NOT READY", "ready-with-waivers"),
            ("PARTIAL", "ready"),
            ("PARTIAL", "ready-with-waivers"),
            ("ready", "ready"),
            ("", "ready"),
        ],
    )
    def test_another_verdict(self, envelope, key, verdict, wanted):
        said = reasons(envelope(verdict=verdict), key, verdict=wanted)
        assert said == [f"prod is {verdict}, wanted {wanted}"]

    @pytest.mark.parametrize("partial", [True, None, "false", 0])
    def test_a_selection_even_if_it_calls_itself_ready(self, envelope, key, partial):
        said = reasons(envelope(partial=partial), key)
        assert said == ["a selection left items out, so that it says nothing of the whole"]

    def test_another_target(self, envelope, key):
        assert reasons(envelope(), key, target="staging") == ["it does not speak of the target staging, but of: prod"]

    @pytest.mark.parametrize("other", ["d" * 40, "sha256:" + COMMIT + "0" * 24, COMMIT + "0" * 24])
    def test_another_release(self, envelope, key, other):
        said = reasons(envelope(), key, release=parse(other))
        assert said == [f"it speaks of another release: gitCommit:{COMMIT}, wanted {parse(other)}"]

    def test_a_second_too_old(self, envelope, key):
        said = reasons(envelope(), key, now=STARTED + timedelta(hours=24, milliseconds=1))
        assert said == ["it is too old: the run began 1 day, 0:00:01 ago, allowed are 1 day, 0:00:00"]

    def test_one_from_the_future(self, envelope, key):
        said = reasons(envelope(), key, now=STARTED - timedelta(days=1))
        assert said == ["it is dated in the future, 2026-11-02T12:02:00+00:00: set the clocks right"]

    def test_one_that_ended_before_it_began(self, envelope, key):
        finished = (STARTED - timedelta(hours=1)).isoformat()
        assert reasons(envelope(finished=finished), key) == ["its run ended before it began"]

    def test_a_signed_one_whose_run_never_ended(self, envelope, key):
        assert reasons(envelope(finished=None), key) == ["the run never ended"]

    def test_an_unsigned_one(self, statement, key):
        octets = dsse.render(dsse.Envelope(intoto.PAYLOAD_TYPE, statement())).encode()
        assert reasons(octets, key) == [
            "the statement is not signed: the run that began it has not ended, or was killed"
        ]

    def test_another_key(self, envelope, key):
        stranger = keys.generate()
        ids = keys.key_id(key.public_key())[:16], keys.key_id(stranger.public_key())[:16]
        said = reasons(envelope(), stranger)
        assert said == [f"no given key signed it: it names {ids[0]}, given are {ids[1]}"]

    def test_a_stranger_who_signs_in_the_name_of_a_known_key(self, statement, key):
        message = dsse.pae(intoto.PAYLOAD_TYPE, statement())
        forged = dsse.Signature(keys.key_id(key.public_key()), keys.sign(keys.generate(), message))
        octets = dsse.render(dsse.Envelope(intoto.PAYLOAD_TYPE, statement(), (forged,))).encode()
        assert reasons(octets, key) == ["the signature is not of this statement: it was changed after it was signed"]

    def test_no_key_at_all(self, envelope):
        assert len(reasons(envelope())) == 1

    def test_a_key_s_name_cannot_steer_a_terminal(self, statement, key):
        forged = dsse.Signature("\x1b[2Jgreen", b"x")
        octets = dsse.render(dsse.Envelope(intoto.PAYLOAD_TYPE, statement(), (forged,))).encode()
        [said] = reasons(octets, key)
        assert "names ??2Jgreen," in said

    def test_everything_that_is_wrong_is_said_at_once(self, envelope, key):
        said = reasons(envelope(verdict="NOT READY"), key, release=parse("d" * 40), now=STARTED + timedelta(days=3))
        assert [reason.split()[:3] for reason in said] == [
            ["it", "speaks", "of"],
            ["it", "is", "too"],
            ["prod", "is", "NOT"],
        ]


class TestTampering:
    def test_every_changed_byte_is_caught(self, envelope, key):
        """Each byte with its lowest, its case and its highest bit flipped, one at a time."""
        octets = envelope()
        passed = [
            (place, bit)
            for place in range(len(octets))
            for bit in (0x01, 0x20, 0x80)
            if not reasons(octets[:place] + bytes([octets[place] ^ bit]) + octets[place + 1 :], key)
        ]
        assert passed == []

    def test_every_shortened_envelope_is_caught(self, envelope, key):
        octets = envelope().rstrip()
        assert [end for end in range(len(octets)) if not reasons(octets[:end], key)] == []

    def test_another_payload_under_the_same_signature(self, envelope, statement, key):
        document = json.loads(envelope(verdict="NOT READY"))
        document["payload"] = base64.b64encode(statement()).decode()
        assert reasons(json.dumps(document).encode(), key) == [
            "the signature is not of this statement: it was changed after it was signed"
        ]

    def test_a_signature_listed_twice(self, envelope, key):
        document = json.loads(envelope())
        document["signatures"] *= 2
        assert reasons(json.dumps(document).encode(), key) == [
            "the file is no signed statement: there are two signatures by the same key"
        ]


class TestMalformed:
    @pytest.mark.parametrize(
        "octets",
        [
            b"",
            b"\xff",
            b"[]",
            b"null",
            b"{}",
            b"[" * 100_000,
            b'{"payloadType":"x","payloadType":"y","payload":"","signatures":[]}',
            b'{"payloadType":1,"payload":"","signatures":[]}',
            b'{"payloadType":"x","payload":"","signatures":{}}',
            b'{"payloadType":"x","payload":"","signatures":[1]}',
            b'{"payloadType":"x","payload":"","signatures":[{"sig":""}]}',
            b'{"payloadType":"x","payload":"","signatures":[{"sig":"","keyid":1}]}',
            b'{"payloadType":"x","payload":"","signatures":[{"sig":1,"keyid":""}]}',
            b'{"payloadType":"x","payload":"*","signatures":[]}',
            b'{"payloadType":"x","payload":"QR==","signatures":[]}',
            b'{"payloadType":"x","payload":"","signatures":[],"more":NaN}',
            b'{"payloadType":"x","payload":"","signatures":[],"more":1}',
        ],
    )
    def test_what_is_no_envelope_is_said_to_be_none(self, octets, key):
        [said] = reasons(octets, key)
        assert said.startswith("the file is no signed statement: ")

    @pytest.mark.parametrize(
        ("payload", "why"),
        [
            (b"{", "what is signed is no JSON"),
            (b"[]", "what is signed is no statement of a readiness run"),
            (b"{}", "what is signed is no statement of a readiness run"),
            (
                b'{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1"}',
                "what is signed is another kind of in-toto statement",
            ),
        ],
    )
    def test_what_is_signed_is_read_as_strictly(self, key, payload, why):
        octets = dsse.render(dsse.sign(payload, intoto.PAYLOAD_TYPE, [key])).encode()
        [said] = reasons(octets, key)
        assert said.startswith(why)

    @pytest.mark.parametrize("time", ["yesterday", "2026-11-02T12:00:00", 1, ""])
    def test_times_without_a_zone_or_none_at_all(self, envelope, key, time):
        assert reasons(envelope(started=time), key) == ["what is signed is no statement of a readiness run"]

    def test_the_type_of_the_payload_is_what_was_signed(self, statement, key):
        octets = dsse.render(dsse.sign(statement(), "text/plain", [key])).encode()
        assert reasons(octets, key) == ["what is signed is no in-toto statement but 'text/plain'"]
