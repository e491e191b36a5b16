"""What is measured, and how: `python -m benchmarks` runs every `bench_*.py` here and prints one table.

To add one: a file `bench_<subject>.py` with `run() -> list[Row]`. Quote ratios to a peer measured in the same run, not
single figures: machines differ. Sizes are in the environment (`OPENHOUR_BENCH_ROWS`, ...) so that a laptop can run all.
"""
