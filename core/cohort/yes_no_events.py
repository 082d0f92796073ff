"""Columns of yes and no for one adverse event each (``nausea`` yes/no, ``发热`` 有/无): offered as adverse events whose
grade is not known, never read so unasked.

Belongs here: which columns may be offered. Does not belong here: columns of grades, and the rows both make
(``wide_events``).
"""

from __future__ import annotations

import re

from core.cohort.cohort import RawTable
from core.cohort.missing import MISSING_CODES
from core.cohort.values import fold
from core.cohort.wide_events import is_prefixed, may_be_event

YES = frozenset(("yes", "y", "true", "1", "1.0", "是", "有", "+", "√"))
NO = frozenset(("no", "n", "false", "0", "0.0", "none", "never", "否", "无", "没有", "-"))
_FEWEST = 3
# Complaints of treatment. What patients have before it as well (hypertension, hepatitis, anaemia, bleeding, infection)
# is not among them: it counts only inside a block of these.
_SURE = re.compile(
    r"fever|pyrexia|chills|nausea|vomit|fatigue|asthenia|rash|prurit|diarrh|colitis|pneumonitis|burn|anorexia|appetite"
    r"|constipation|myocarditis|arthralgia|myalgia|mucositis|stomatitis|hand.?foot|alopecia|hypophysitis"
    r"|post.?embolization|biloma|pain"
    r"|发热|寒战|恶心|呕吐|乏力|皮疹|瘙痒|腹泻|腹痛|疼痛|结肠炎|烧伤|灼伤|食欲|便秘|心肌炎|关节痛|黏膜炎|口腔炎|手足|脱发|垂体炎|栓塞后",
    re.IGNORECASE,
)
_BEFORE_TREATMENT = re.compile(r"symptom|presenting|complain|comorbid|症状|主诉|合并症|基础病", re.IGNORECASE)


def yes_no_columns(raw: RawTable) -> list[str]:
    """Columns that stand together, three or more, each called after an adverse event and saying yes or no.

    A block begins and ends with a complaint that treatment brings; hypertension or diabetes beside it is no part of it.
    """
    found: list[str] = []
    block: list[str] = []
    for name in [*raw.columns, ""]:
        if name and _may_be(raw, name):
            block.append(name)
            continue
        sure = [i for i, one in enumerate(block) if _is_sure(one)]
        if len(sure) >= _FEWEST:
            found += block[sure[0] : sure[-1] + 1]
        block = []
    return found


def _may_be(raw: RawTable, name: str) -> bool:
    return may_be_event(name) and not _BEFORE_TREATMENT.search(name) and _says_yes_or_no(raw, name)


def _is_sure(name: str) -> bool:
    return is_prefixed(name) or _SURE.search(name) is not None


def _says_yes_or_no(raw: RawTable, name: str) -> bool:
    texts = {fold(text) for text in raw.codes_of(name)[1]} - MISSING_CODES
    return bool(texts & NO) and texts <= YES | NO | {"不详", "unknown"}
