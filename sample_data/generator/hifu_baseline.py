"""Table I of the HIFU cohort: every printed count, put together so that the columns of one patient agree."""

from __future__ import annotations

from sample_data.generator.chance import Chance
from sample_data.generator.files import Row

ARMS = ("HIFU", "No HIFU")
SEX = {"Male": (22, 45), "Female": (6, 21)}
# The printed groups share the age of 65; here it belongs to 51-65. Ages are drawn in these ranges.
AGE = {"<=50": (4, 8, 36, 50), "51-65": (11, 34, 51, 65), "65-75": (11, 19, 66, 75), ">75": (2, 5, 76, 81)}
AGE_SUM = 5732  # 5732 / 94 = 60.979, printed 60.98
PRIMARY = {
    "Lung carcinoma": (10, 18), "Gastric carcinoma": (9, 27), "Esophageal carcinoma": (4, 7),
    "Gallbladder carcinoma": (0, 2), "Cholangiocarcinoma": (3, 4), "Pancreatic carcinoma": (1, 3),
    "Nasopharyngeal carcinoma": (0, 2), "Other carcinoma": (1, 3),
}  # fmt: skip
SQUAMOUS_LUNG = (4, 10)  # with every esophageal and nasopharyngeal carcinoma: 8 and 19, as printed
OTHER_LUNG = (0, 1)  # with the other carcinomas of the second arm: 0 and 4, as printed
ORGANS = {1: (0, 2), 2: (9, 21), 3: (11, 24), 4: (7, 16), 5: (1, 3)}
SITES = {"lung": (18, 31), "bone": (13, 26), "brain": (1, 8), "other": (24, 62)}
SECOND_OTHER_ORGAN = (0, 2)  # organs: 195 = 66 livers + 127 printed sites + 2, so two "other" hold two organs each
OLIGOMETASTASIS = (2, 5)
ICI_ONLY = (2, 4)


def baseline(arm: str, n: int, chance: Chance) -> list[dict[str, object]]:
    """Rows of one arm, without ages (see :func:`ages`)."""
    which = ARMS.index(arm)
    sex = chance.shuffled([level for level, counts in SEX.items() for _ in range(counts[which])])
    groups = chance.shuffled([level for level, counts in AGE.items() for _ in range(counts[which])])
    primaries = _primaries(which, chance)
    organs = _organs(which, chance)
    oligo = set(chance.sample([i for i in range(n) if int(str(organs[i]["n_organs"])) <= 3], OLIGOMETASTASIS[which]))
    ici_only = set(chance.sample(range(n), ICI_ONLY[which]))
    rows: list[dict[str, object]] = []
    for i in range(n):
        rows.append(
            {
                "sex": sex[i],
                "age_years": None,
                "age_group": groups[i],
                **primaries[i],
                **organs[i],
                "n_nodules": int(2 + chance.index(4)) if i in oligo else 6 + int(chance.exponential(1 / 7)),
                "oligometastasis": "Yes" if i in oligo else "No",
                "systemic_therapy": "ICI only" if i in ici_only else "Chemotherapy + ICI",
            }
        )
        rows[-1]["n_nodules"] = max(int(str(rows[-1]["n_nodules"])), int(str(organs[i]["n_organs"])))
    return rows


def ages(rows: list[dict[str, object]], chance: Chance) -> None:
    """Give every patient an age in the printed group; the sum, the smallest and the largest are the printed ones."""
    ranges = [AGE[str(row["age_group"])][2:] for row in rows]
    values = [low + chance.index(high - low + 1) for low, high in ranges]
    youngest = next(i for i, (low, _) in enumerate(ranges) if low == 36)
    oldest = next(i for i, (_, high) in enumerate(ranges) if high == 81)
    values[youngest], values[oldest] = 36, 81
    while sum(values) != AGE_SUM:
        i = chance.index(len(values))
        moved = values[i] + (1 if sum(values) < AGE_SUM else -1)
        if i not in (youngest, oldest) and ranges[i][0] <= moved <= ranges[i][1]:
            values[i] = moved
    for row, value in zip(rows, values, strict=True):
        row["age_years"] = value


def _primaries(which: int, chance: Chance) -> list[Row]:
    lung = PRIMARY["Lung carcinoma"][which]
    squamous, other = SQUAMOUS_LUNG[which], OTHER_LUNG[which]
    histology = ["Squamous cell carcinoma"] * squamous + ["Other"] * other
    histology += ["Adenocarcinoma"] * (lung - squamous - other)
    rows: list[Row] = [{"primary_disease": "Lung carcinoma", "histology": h} for h in histology]
    for name, counts in PRIMARY.items():
        if name == "Lung carcinoma":
            continue
        if name in ("Esophageal carcinoma", "Nasopharyngeal carcinoma"):
            kind = "Squamous cell carcinoma"
        else:
            kind = "Other" if name == "Other carcinoma" and which == 1 else "Adenocarcinoma"
        rows += [{"primary_disease": name, "histology": kind}] * counts[which]
    return chance.shuffled(rows)


def _organs(which: int, chance: Chance) -> list[dict[str, object]]:
    """Metastatic sites beside the liver with the printed number of patients each, and the printed number of organs."""
    wanted = chance.shuffled([n for n, counts in ORGANS.items() for _ in range(counts[which])])
    doubled = set(chance.sample([i for i, n in enumerate(wanted) if n == 3], SECOND_OTHER_ORGAN[which]))
    sites: list[set[str]] = [{"other"} if i in doubled else set() for i in range(len(wanted))]
    left = [n - 1 - 2 * (i in doubled) for i, n in enumerate(wanted)]
    counts = {site: c[which] - (len(doubled) if site == "other" else 0) for site, c in SITES.items()}
    for site in sorted(counts, key=lambda site: -counts[site]):  # fullest first, to those with most left: always works
        able = [i for i in chance.shuffled(range(len(wanted))) if site not in sites[i]]
        able.sort(key=lambda i: -left[i])
        for i in able[: counts[site]]:
            sites[i].add(site)
            left[i] -= 1
    _mix(sites, doubled, chance)
    return [
        {
            "n_organs": wanted[i],
            **{f"metastasis_{site}": "Yes" if site in sites[i] else "No" for site in SITES},
            "other_metastatic_organs": (2 if i in doubled else 1) if "other" in sites[i] else 0,
        }
        for i in range(len(wanted))
    ]


def _mix(sites: list[set[str]], fixed: set[int], chance: Chance) -> None:
    """Exchange sites between patients, which keeps both the patients' and the sites' totals."""
    for _ in range(60 * len(sites)):
        a, b = chance.index(len(sites)), chance.index(len(sites))
        only_a, only_b = sorted(sites[a] - sites[b]), sorted(sites[b] - sites[a])
        if a in fixed or b in fixed or not only_a or not only_b:
            continue
        x, y = chance.pick(only_a), chance.pick(only_b)
        sites[a] = (sites[a] - {x}) | {y}
        sites[b] = (sites[b] - {y}) | {x}
