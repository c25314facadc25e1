"""Sums up a CSV file by day, guesses the week that follows, and writes both as Parquet."""

import sys

import lightgbm
import pandas as pd


def features(days: pd.DatetimeIndex) -> pd.DataFrame:
    return pd.DataFrame({"weekday": days.dayofweek, "day": days.dayofyear}, index=days)


def guess(seen: pd.Series, days: pd.DatetimeIndex) -> pd.Series:
    data = lightgbm.Dataset(features(seen.index), label=seen)
    model = lightgbm.train({"objective": "regression", "verbose": -1}, data, num_boost_round=50)
    return pd.Series(model.predict(features(days)), index=days)


def main(source: str, target: str) -> None:
    frame = pd.read_csv(source, parse_dates=["time"])
    by_day = frame.set_index("time").resample("D").sum(numeric_only=True)
    next_week = pd.date_range(by_day.index[-1], periods=8, freq="D")[1:]
    guessed = by_day.apply(guess, days=next_week)
    whole = pd.concat([by_day, guessed], keys=["seen", "guessed"], names=["kind", "day"])
    whole.reset_index().to_parquet(target, engine="pyarrow")


if __name__ == "__main__":
    main(*sys.argv[1:])
