"""837P: claims written, edited and validated in a second on one core, and whether memory stays flat.

Floors: an f-string that writes the claim loop and checks nothing; `str.split` into segments and elements.
Peer: pyx12 4.0.0 on a small file (its maps loaded before the clock starts). Figures are claims per second, more is better.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

from benchmarks.rows import Row, size
from openhour.billing.claims import (
    Address,
    Batch,
    Claim,
    Clinician,
    Coverage,
    Organisation,
    Patient,
    Person,
    ServiceLine,
    Submitter,
    payer_party,
)
from openhour.billing.edits import EditContext, edits_of
from openhour.billing.x12 import validate_837p, write_837p
from openhour.catalog import shipped_shelf
from openhour.kernel import Money

DAY = date(2026, 1, 2)
BEN = Clinician(Person("Roe", "Ben"), "1876543210", "103TC0700X")
HOME = Address("1 Elm St", "Springfield", "IL", "62701")
PRACTICE = Organisation(
    "Riverside Therapy Group",
    "1234567893",
    "101YM0800X",
    "123456789",
    Address("100 Main St", "Springfield", "IL", "62701-0001"),
)
PROCEDURE = shipped_shelf().procedure("psychotherapy-60", on=DAY)
PAYER = shipped_shelf().payer("example-payer", on=DAY)
PARTY = payer_party(PAYER)


def claims(count: int) -> Iterator[Claim]:
    """One hour of each of so many patients, made on the way."""
    for number in range(count):
        patient = Patient(str(number), Person(f"Doe{number}", "Ana"), date(1985, 4, 12), "F", HOME)
        line = ServiceLine(
            f"B1-{number}-1", str(number), DAY, "90837", (), 1, Money(18000), 55, PROCEDURE.pin.key, (1, 2)
        )
        yield Claim(
            control=f"B1-{number}",
            patient=patient,
            coverage=Coverage(PARTY, f"MEM{number:07d}"),
            billing=PRACTICE,
            rendering=BEN,
            place="11",
            diagnoses=("F33.1", "F41.1"),
            lines=(line,),
            total=Money(18000),
        )


def batch(source: Iterator[Claim] | list[Claim]) -> Batch:
    sender = Submitter("Riverside Therapy Group", "SUB12345", "Eli Biller", "5555550100")
    return Batch(1, datetime(2026, 1, 5, 9, 30), sender, "RCV98765", "Example Payer", source)


def run() -> list[Row]:
    """Rates, and how much memory grows with ten times the claims."""
    count = size("CLAIMS", 50_000)
    ready = list(claims(count))
    text = "".join(write_837p(batch(ready)))
    context = EditContext(DAY, PAYER, {PROCEDURE.pin.key: PROCEDURE}, lambda code, *, on: None)
    if any(edits_of(claim, context) for claim in ready[:100]) or validate_837p(text):
        raise SystemExit("the claims of the benchmark are not clean")
    write, floor_write, judge, edit, both, floor_judge = _rates(
        count,
        lambda: _drain(write_837p(batch(ready))),
        lambda: _drain(map(_floor_claim, ready)),
        lambda: validate_837p(text),
        lambda: _drain(edits_of(claim, context) for claim in ready),
        lambda: (_drain(edits_of(claim, context) for claim in ready), validate_837p(text)),
        lambda: _drain(segment.split("*") for segment in text.split("~")),
    )
    rate = "claims/s"
    return [
        Row("837P: write (peer: f-string floor)", write, floor_write, rate, "ours >= 50,000"),
        Row("837P: edits and validation (peer: str.split floor)", both, floor_judge, rate, "ours >= 20,000"),
        Row("837P: edits alone", edit, None, rate),
        Row("837P: validation (peer: pyx12, 200 claims)", judge, _pyx12(200), rate, "ratio >= 10"),
        *_memory(count),
    ]


def _rates(count: int, *contenders: Callable[[], object], rounds: int = 3) -> list[float]:
    """Claims per second of one core's own time, the best of the rounds, in turns: other work on the machine doesn't count."""
    best = [float("inf")] * len(contenders)
    for _ in range(rounds):
        for at, contender in enumerate(contenders):
            began = time.process_time()
            contender()
            best[at] = min(best[at], time.process_time() - began)
    return [count / seconds for seconds in best]


def _drain(pieces: Iterator[object]) -> None:
    deque(pieces, maxlen=0)


def _floor_claim(claim: Claim) -> str:
    who, home, line = claim.patient, claim.patient.address, claim.lines[0]
    return (
        f"HL*2*1*22*0~\nSBR*P*18*******CI~\nNM1*IL*1*{who.person.last}*{who.person.first}****MI*"
        f"{claim.coverage.member_id}~\nN3*{home.line1}~\nN4*{home.city}*{home.state}*{home.zip}~\n"
        f"DMG*D8*19850412*{who.sex}~\nNM1*PR*2*{PARTY.name}*****PI*{PARTY.payer_id}~\n"
        f"CLM*{claim.control}*180***{claim.place}:B:1*Y*A*Y*Y~\nHI*ABK:F331*ABF:F411~\n"
        f"NM1*82*1*{BEN.person.last}*{BEN.person.first}****XX*{BEN.npi}~\nPRV*PE*PXC*{BEN.taxonomy}~\n"
        f"LX*1~\nSV1*HC:{line.code}*180*UN*1***1:2~\nDTP*472*D8*20260102~\nREF*6R*{line.control}~\n"
    )


def _pyx12(count: int) -> float:
    text = "".join(write_837p(batch(claims(count))))
    load, parameters = pyx12.map_if.load_map_file, pyx12.params.ParamsBase()
    known: dict[str, object] = {}
    pyx12.map_if.load_map_file = lambda name, *rest: known.setdefault(
        name, load(name, *rest) if name not in known else None
    )

    def validate() -> None:
        if not pyx12.x12n_document.x12n_document(parameters, StringIO(text), StringIO(), None):
            raise SystemExit("pyx12 refuses the file of the benchmark")

    try:
        validate()
        return _rates(count, validate)[0]
    finally:
        pyx12.map_if.load_map_file = load


def _memory(count: int) -> list[Row]:
    """Peak of the Python heap while writing and validating, and of the whole process in a fresh one."""
    peaks = []
    tracemalloc.start()
    for length in (5_001, count // 10, count):
        gc.collect()
        tracemalloc.reset_peak()
        validate_837p(write_837p(batch(claims(length))))
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
    tracemalloc.stop()
    small, large = _resident(count // 10), _resident(count)
    return [
        Row(f"837P: heap, {count:,} claims (peer: a tenth)", peaks[2], peaks[1], "MiB", "ratio about 1"),
        Row(f"837P: resident, {count:,} claims (peer: a tenth)", large, small, "MiB", "ratio about 1"),
    ]


def _resident(count: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_claims", str(count)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def written_alone(count: int) -> float:
    """Largest resident size in MiB of this process after it wrote and validated so many claims."""
    validate_837p(write_837p(batch(claims(count))))
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent, too
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(written_alone(int(sys.argv[1])))
