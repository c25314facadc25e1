"""Sums up a CSV file by day and writes the result as Parquet."""

import sys

import pandas as pd


def main(source: str, target: str) -> None:
    frame = pd.read_csv(source, parse_dates=["time"])
    by_day = frame.set_index("time").resample("D").sum(numeric_only=True)
    by_day.to_parquet(target, engine="pyarrow")


if __name__ == "__main__":
    main(*sys.argv[1:])
