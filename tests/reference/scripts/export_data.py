"""Export of the scikit-survival data sets to ../data (run once, before export_data.R)."""

from pathlib import Path

from sksurv import datasets

OUT = Path(__file__).resolve().parent.parent / "data"


def put(name, frame, follow_up, order):
    """Write one data set: numbered rows, the follow-up columns added, columns in the given order."""
    frame = frame.rename(columns=str).assign(id=range(1, len(frame) + 1), **follow_up)
    frame[order].to_csv(OUT / f"{name}.csv", index=False)


x, y = datasets.load_gbsg2()
put(
    "gbsg2", x, {"time": y["time"].astype(int), "event": y["cens"].astype(int)},
    ["id", "time", "event", "horTh", "menostat", "tgrade", "age", "tsize", "pnodes", "progrec", "estrec"],
)  # fmt: skip
x, y = datasets.load_whas500()
put(
    "whas500", x, {"time": y["lenfol"].astype(int), "event": y["fstat"].astype(int)},
    ["id", "time", "event", "gender", "chf", "mitype", "cvd", "afb", "sho", "av3", "miord", "age", "bmi", "hr", "sysbp",
     "diasbp", "los"],
)  # fmt: skip
x, y = datasets.load_bmt()
put(
    "bmt", x.assign(dis=x["dis"].astype(str).map({"0": "ALL", "1": "AML"})),
    {"time": y["ftime"].astype(int), "status": y["status"], "event": (y["status"] > 0).astype(int)},
    ["id", "time", "status", "event", "dis"],
)  # fmt: skip
x, y = datasets.load_cgvhd()
put(
    "cgvhd", x, {"time": y["ftime"], "status": y["status"], "event": (y["status"] > 0).astype(int)},
    ["id", "time", "status", "event", "dx", "tx", "extent", "age"],
)  # fmt: skip
