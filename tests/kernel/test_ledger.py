"""The chain: whatever is done to it without the key is found, and named."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from openhour.kernel.ledger import GENESIS, Link, digest_of, verify

KEY = b"k" * 32
WORDS = st.dictionaries(st.sampled_from(["actor", "action", "detail"]), st.text(max_size=20), min_size=1)


def chain(entries: list[dict[str, str]], key: bytes = KEY) -> list[Link]:
    links: list[Link] = []
    previous = GENESIS
    for seq, fields in enumerate(entries, start=1):
        digest = digest_of(key, seq, fields, previous)
        links.append(Link(seq, fields, previous, digest))
        previous = digest
    return links


def found(links: list[Link], whole: list[Link], key: bytes = KEY) -> list[str]:
    """Places named, judged by the head of the whole chain."""
    head = whole[-1].digest if whole else GENESIS
    return [finding.place for finding in verify(key, links, head_count=len(whole), head_digest=head)]


chains = st.lists(WORDS, min_size=1, max_size=8).map(chain)


@given(chains)
def test_a_chain_that_nobody_touched_holds(links: list[Link]) -> None:
    assert found(links, links) == []


def test_an_empty_chain_holds() -> None:
    assert found([], []) == []


@given(chains, st.data())
def test_an_entry_whose_words_were_changed_is_named(links: list[Link], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(links) - 1))
    words = data.draw(WORDS.filter(lambda words: words != links[place].fields))
    tampered = [*links]
    tampered[place] = replace(links[place], fields=words)
    assert f"entry {place + 1}" in found(tampered, links)


@given(chains, st.data())
def test_an_entry_whose_digest_was_changed_is_named(links: list[Link], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(links) - 1))
    tampered = [*links]
    tampered[place] = replace(links[place], digest="f" * 64)
    assert f"entry {place + 1}" in found(tampered, links)


@given(chains.filter(lambda links: len(links) > 1), st.data())
def test_an_entry_that_is_gone_is_named(links: list[Link], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(links) - 1))
    assert f"entry {place + 1}" in found(links[:place] + links[place + 1 :], links)


@given(chains, st.data())
def test_an_end_that_was_cut_off_is_named(links: list[Link], data: st.DataObject) -> None:
    kept = data.draw(st.integers(0, len(links) - 1))
    first = kept + 1
    named = f"entry {first}" if first == len(links) else f"entries {first} to {len(links)}"
    assert found(links[:kept], links) == [named]


@given(chains.filter(lambda links: len(links) > 1), st.data())
def test_two_entries_that_changed_places_are_named(links: list[Link], data: st.DataObject) -> None:
    one = data.draw(st.integers(0, len(links) - 2))
    other = data.draw(st.integers(one + 1, len(links) - 1))
    tampered = [*links]
    tampered[one], tampered[other] = links[other], links[one]
    places = found(tampered, links)
    assert places
    assert any(str(one + 1) in place for place in places)


@given(chains, st.data())
def test_an_entry_moved_to_another_number_is_named(links: list[Link], data: st.DataObject) -> None:
    """Both the row and its number changed: the digest covers the number too."""
    place = data.draw(st.integers(0, len(links) - 1))
    tampered = [*links]
    tampered[place] = replace(links[place], seq=len(links) + 5)
    assert found(tampered, links)


@given(chains, chains)
def test_a_chain_written_anew_without_the_key_is_named_from_its_first_entry(
    links: list[Link], other: list[Link]
) -> None:
    forged = chain([dict(link.fields) for link in other], key=b"x" * 32)
    places = [one.place for one in verify(KEY, forged, head_count=len(forged), head_digest=forged[-1].digest)]
    assert "entry 1" in places


@given(chains)
def test_an_older_backup_put_in_place_is_found_by_a_head_that_was_kept_elsewhere(links: list[Link]) -> None:
    head_count, head_digest = len(links), links[-1].digest
    older = links[:-1]
    assert [one.code for one in verify(KEY, older, head_count=head_count, head_digest=head_digest)] == ["trail.cut"]


def test_a_head_that_fits_no_entry_is_named() -> None:
    links = chain([{"actor": "user:1"}])
    findings = list(verify(KEY, links, head_count=1, head_digest="0" * 64))
    assert [finding.code for finding in findings] == ["trail.head"]


@given(WORDS, WORDS, st.integers(1, 99), st.integers(1, 99))
def test_two_entries_have_one_digest_only_where_they_are_the_same(
    one: dict, other: dict, first: int, second: int
) -> None:
    same = one == other and first == second
    assert (digest_of(KEY, first, one, GENESIS) == digest_of(KEY, second, other, GENESIS)) is same


def test_lone_surrogates_have_a_digest_too() -> None:
    assert len(digest_of(KEY, 1, {"detail": "\ud800"}, GENESIS)) == 64
