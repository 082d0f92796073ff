"""Export of the scikit-survival data sets (run once, before export_data.R)."""

import os, warnings

warnings.filterwarnings("ignore")
from sksurv import datasets as ds

out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")


def put(name, x, time, event, unit_cols, order):
    d = x.copy()
    d.insert(0, "id", range(1, len(d) + 1))
    for k, v in unit_cols.items():
        d[k] = v
    d[order].to_csv(os.path.join(out, name + ".csv"), index=False)


x, y = ds.load_gbsg2()
x = x.rename(columns=str)
put(
    "gbsg2",
    x,
    None,
    None,
    {"time": y["time"].astype(int), "event": y["cens"].astype(int)},
    ["id", "time", "event", "horTh", "menostat", "tgrade", "age", "tsize", "pnodes", "progrec", "estrec"],
)
x, y = ds.load_whas500()
put(
    "whas500",
    x,
    None,
    None,
    {"time": y["lenfol"].astype(int), "event": y["fstat"].astype(int)},
    [
        "id",
        "time",
        "event",
        "gender",
        "chf",
        "mitype",
        "cvd",
        "afb",
        "sho",
        "av3",
        "miord",
        "age",
        "bmi",
        "hr",
        "sysbp",
        "diasbp",
        "los",
    ],
)
x, y = ds.load_bmt()
x = x.assign(dis=x["dis"].astype(str).map({"0": "ALL", "1": "AML"}))
put(
    "bmt",
    x,
    None,
    None,
    {"time": y["ftime"].astype(int), "status": y["status"], "event": (y["status"] > 0).astype(int)},
    ["id", "time", "status", "event", "dis"],
)
x, y = ds.load_cgvhd()
put(
    "cgvhd",
    x,
    None,
    None,
    {"time": y["ftime"], "status": y["status"], "event": (y["status"] > 0).astype(int)},
    ["id", "time", "status", "event", "dx", "tx", "extent", "age"],
)
