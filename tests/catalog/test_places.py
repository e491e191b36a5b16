"""Places of service: every code of ours is one that claims know, and every place a procedure names has words."""

from __future__ import annotations

import json

import pytest

from openhour.catalog import shipped_shelf
from openhour.catalog.places import place_is_known, place_words, places
from tests.shared_data import shared


def test_every_place_is_in_an_independent_list_of_claim_codes():
    known = json.loads(shared("codes/pyx12_codesets.json").read_text())["pos"]["codes"]
    assert {place.value for place in places()} <= set(known)


def test_every_place_of_a_procedure_has_words():
    for procedure in shipped_shelf().procedures:
        for code in procedure.setting.place_of_service:
            assert place_words(code)


def test_places_stand_in_order_and_have_different_words():
    codes = [place.value for place in places()]
    assert codes == sorted(set(codes))
    assert len({place.title for place in places()}) == len(codes)
    assert {place.system for place in places()} == {"pos"}


@pytest.mark.parametrize("code", ["", "1", "011", "00", "AA"])
def test_what_is_no_place_is_not_known(code):
    assert not place_is_known(code)
    with pytest.raises(KeyError):
        place_words(code)
