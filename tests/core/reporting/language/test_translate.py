"""The engine that finds a finished sentence's template."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.reporting.language import catalogue, matching
from core.reporting.language.matching import WORD, Index
from core.reporting.language.names import NAMES
from core.reporting.language.pieces import clauses
from core.reporting.language.templates import PLACE
from core.reporting.language.translate import MOST_FILLED, Translator

TEXTS = {
    "Median {0} was {1}.": "中位{0}为{1}。",
    "overall survival": "总生存期",
    "{0} months": "{0}个月",
    "hazard ratio": "风险比",
    "Figure": "图",
    "Control": "对照",
    "{0} left out: {1} ({2}).": "{0}未纳入：{1}（{2}）。",
    "{0} patients": "{0}例患者",
    "rows {0}": "第{0}行",
    "{0} time missing": "{0}时间缺失",
    "{0} of {1}": "{1}中的{0}",
    "{0} of {1} died": "{1}中{0}死亡",
    "Nobody had the event.": "无人发生事件。",
    "by group": "按分组",
    "of {0}": "{0}",
    "Curve of {0}. {1}": "{0}的曲线。{1}",
}


@pytest.fixture
def translator(monkeypatch: pytest.MonkeyPatch) -> Translator:
    index = Index(TEXTS)
    monkeypatch.setattr("core.reporting.language.translate.index_of", lambda _: index)
    return Translator("zh", {"Control", "Liver cancer, early", "overall survival of us", "patients"})


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Figure", "图"),
        ("figure", "图"),
        ("**Figure**", "**图**"),
        ("  Figure ", "  图 "),
        ("Figure.", "图。"),
        ("Median overall survival was 10.7 months.", "中位总生存期为10.7个月。"),
        ("Median overall survival was 10.7\u00a0months.", "中位总生存期为10.7个月。"),
        ("12 patients left out: OS time missing (rows 4, 9).", "12例患者未纳入：OS时间缺失（第4、9行）。"),
        (r"12 patients left out\: OS time missing (rows 4, 9)\.", "12例患者未纳入：OS时间缺失（第4、9行）。"),
        ("3 of 4 patients died", "4例患者中3死亡"),
        ("- Figure\n- hazard ratio", "- 图\n- 风险比"),
        ("hazard ratio by group", "风险比按分组"),
        ("Nobody had the event. Median overall survival was 3 months.", "无人发生事件。中位总生存期为3个月。"),
        ("hazard ratio (Figure)", "风险比（图）"),
        ("'Figure': Median overall survival was 2 months.", "“图”：中位总生存期为2个月。"),
        ("Median survival of <=3 cm was 2 months (>3 cm)", "中位survival of <=3 cm为2个月（>3 cm）"),
        ("Nobody had the event. R: t.test; Cohortscope 0.1.0.", "无人发生事件。R: t.test；Cohortscope 0.1.0。"),
        ("Kaplan and Meier, J Am Stat Assoc 1958;53:457-481", "Kaplan and Meier, J Am Stat Assoc 1958;53:457-481"),
        ("Figure: Lee and Ware, Lancet 2007;370:1453-1457; Figure", "图：Lee and Ware, Lancet 2007;370:1453-1457；图"),
        ("Figure (Lee and Ware, Lancet 2007; 370:1453-1457)", "图（Lee and Ware, Lancet 2007; 370:1453-1457）"),
        ("`Figure` (Figure)", "`Figure`（图）"),
        ("Curve months", "Curve months"),  # nothing is counted
        ("hazard ratio; Figure (of overall survival).", "风险比；图（总生存期）。"),
        ("Curve of hazard ratio. Control, 2: 0.9 (0.1–2.3). Figure.", "风险比的曲线。Control，2：0.9（0.1–2.3）。图。"),
        ("Something never heard of", "Something never heard of"),
        ("12.3 (4.5–6.7)", "12.3 (4.5–6.7)"),
    ],
)
def test_known_texts(translator: Translator, english: str, chinese: str) -> None:
    assert translator(english) == chinese


@pytest.mark.parametrize("own", ["Control", "Liver cancer, early", "patients"])
def test_own_words_are_never_changed(translator: Translator, own: str) -> None:
    assert translator(own) == own
    assert translator(f"{own}: 12 patients") in (f"{own}：12例患者", f"{own}: 12例患者")
    assert own in translator(f"Median overall survival was {own}.")
    assert own in translator(f"3 of {own} died")


def test_words_such_as_of_never_tear_a_sentence_apart(translator: Translator) -> None:
    text = "seen in 17 of 66 for A (25.8 %, 95 % CI 15.8–38.0) and 10 of 28 for B (35.7 %): a surplus of 10.0 points"
    assert translator(text) == text


def test_the_end_of_a_sentence_is_no_part_of_a_place(translator: Translator) -> None:
    assert translator("rows of A?").endswith(("?", "？"))


def test_english_is_given_back_as_it_is() -> None:
    text = "Median overall survival was 10.7 months."
    assert Translator("en")(text) is text


def test_escapes_and_what_they_escape_survive(translator: Translator) -> None:
    assert translator(r"Median a\*b was \[c\]\.") == r"中位a\*b为\[c\]。"


def sample_values(english: str, rng: random.Random) -> list[str]:
    return [f"{rng.randint(2, 99)}.{rng.randint(1, 9)}" for _ in PLACE.findall(english)]


def test_every_template_is_found_again() -> None:
    """Filled with numbers, each template of the catalogue gives its own translation, or that of one surer."""
    translator, rng = Translator("zh"), random.Random(1)
    texts = catalogue.translations("zh")
    lost = []
    for english in texts:
        values = sample_values(english, rng)
        filled = PLACE.sub(lambda match, values=values: values[int(match[1])], english)
        said = translator(filled)
        if said == filled and texts[english] != english and not NAMES.issuperset(WORD.findall(english)):
            lost.append(filled)
    assert not lost, lost[:20]


def test_few_templates_are_tried() -> None:
    """The index keeps the work small, that for the parts of a text included: counted, not timed."""
    translator = Translator("zh")
    texts = [PLACE.sub("7", english) for english in catalogue.translations("zh")]
    for text in texts:
        translator(text)
    assert translator.tried <= 3 * 4 * max(len(texts), 1)
    before = translator.tried
    for text in texts:
        translator(text)
    assert translator.tried == before


def test_what_is_remembered_has_an_end(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.reporting.language.translate.MOST_KEPT", 20)
    said = [translator(f"Median overall survival was {n} months.") for n in range(50)]
    assert said == [f"中位总生存期为{n}个月。" for n in range(50)]
    assert max(len(translator._known), len(translator._parts), len(translator._least)) < 40


def test_sessions_that_share_a_translator_get_the_same_words(translator: Translator) -> None:
    texts = [f"{n} patients left out: OS time missing (rows {n}, {n + 1})." for n in range(60)]
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(translator, texts))
    assert said == [f"{n}例患者未纳入：OS时间缺失（第{n}、{n + 1}行）。" for n in range(60)]


@pytest.mark.parametrize("text", ["a; b", "a (b; c); d; e", "a) ; b; (c; d", "; ", "a;b", ";; a", "(; (; )) ; "])
def test_clauses_as_a_reader_finds_them(text: str) -> None:
    parts, start, opened = [], 0, 0
    for i, sign in enumerate(text):
        opened += (sign == "(") - (sign == ")")
        if opened <= 0 and text.startswith("; ", i):
            parts.append(text[start:i])
            start = i + 2
    assert clauses(text) == [*parts, text[start:]]


def test_a_text_that_is_unknown_is_given_up_soon() -> None:
    translator = Translator("zh")
    text = ", ".join(f"value of group {n} at month {n} in rows of patients with events" for n in range(40))
    translator(text)
    assert translator.tried <= MOST_FILLED


def test_the_rarest_word_leads_to_a_template() -> None:
    index = Index(TEXTS)
    assert [one.english for one in index.candidates("3 of 4 died")] == ["{0} of {1} died", "{0} of {1}"]
    assert index.candidates("nothing known here") == []
    assert matching.parsed("{0}s of {1}", "{1}中{0}").words == {"of"}


OWN = {
    "HIFU",
    "No HIFU",
    "TACE",
    "Systemic therapy",
    "ICI only",
    "Chemotherapy + ICI",
    "ALBI score",
    "age",
    "sex",
    "Male",
    "Female",
}
IN_CHINESE = {
    "In R: `survfit(Surv(time, event) ~ group)`": "R：`survfit(Surv(time, event) ~ group)`",
    r"Wald 95 % CI; R\: relevel(factor(arm\_a), \"all\") \~ x; Cohortscope 0.1.0.": (
        r"Wald 95 % CI；R\: relevel(factor(arm\_a), \"all\") \~ x；Cohortscope 0.1.0."
    ),
    r"Overall survival\: 66 events, 28 censored.": "总生存期：66个事件，28例删失。",
    "Taken together (108 patients, 80 events), overall survival went with sex, Male against Female (hazard ratio 0.44, "
    "95 % CI 0.27–0.72; P < 0.001), age (hazard ratio 1.78, 1.07–2.98; P = 0.028) and HIFU against No HIFU (hazard "
    "ratio 2.18, 1.27–3.74; P = 0.004). No other factor had P < 0.05.": (
        "合并分析（108例患者，80个事件），总生存期与sex（Male对Female，风险比0.44，95 % CI 0.27–0.72；P < 0.001）、"
        "age（风险比1.78，1.07–2.98；P = 0.028）和HIFU对No HIFU（风险比2.18，1.27–3.74；P = 0.004）有关。"
        "其他因素的P均不小于0.05。"
    ),
    "2 of 5 covariates differed by a standardised difference of 0.1 or more before, none after. Effective sample size: "
    "65.0 of 66 in No HIFU, 25.2 of 28 in HIFU. The ratio speaks for all 94 patients.": (
        "5个协变量中，均衡前有2个的标准化差异不小于0.1，均衡后没有。有效样本量：No HIFU组66例相当于65.0例，"
        "HIFU组28例相当于25.2例。该比值针对全部94例患者。"
    ),
    r"Only 80 events for 10 coefficients\: what the model finds, or does not find, may be chance.": (
        "10个系数只有80个事件：模型发现或未发现什么，都可能出于机遇。"
    ),
    "94 patients, 66 without HIFU and 28 with HIFU.": "94例患者，未接受HIFU者66例，接受HIFU者28例。",
    "4 patients were not evaluable and count as no response.": "4例患者不可评估，计为无缓解。",
    "41 comparisons looked at, none of them marked as planned; 3 with P below 0.05, where chance alone would give "
    "about 2.1.": "看过41个比较，均未标记为预先计划；3个P低于0.05，而单凭机遇约会有2.1个。",
    "Kaplan-Meier curve; tests as named per row; standardised mean differences; TACE": (
        "Kaplan-Meier曲线；每行注明检验；标准化均数差；TACE"
    ),
    "Simon-Makuch curves; Mantel-Byar test (log-rank of rows start to stop)": (
        "Simon-Makuch曲线；Mantel-Byar检验（按起止时间行的log-rank）"
    ),
    "With the same age and sex in every group, overall survival at 24 months would be 21 % for No HIFU and 47 % for "
    "HIFU: a difference of 25 percentage points (95 % CI 7 to 43; P = 0.006), against 8 unadjusted.": (
        "若各组的age与sex相同，24个月时的总生存期：No HIFU组21 %，HIFU组47 %；差值25个百分点（95 % CI 7至43；"
        "P = 0.006），未校正时为8。"
    ),
    "The median is 23.9 months for time to progression and not reached for overall survival.": (
        "中位数：至进展时间为23.9个月，总生存期为未达到。"
    ),
    "By 24 months death had not come to 36.5 % (14.5–59.1) with age ≤58 and 22.8 % (9.4–39.7) with age >66; trend over "
    "the groups P = 0.42.": (
        "至24个月，未发生死亡者：age ≤58组36.5 %（14.5–59.1），age >66组22.8 %（9.4–39.7）；组间趋势P = 0.42。"
    ),
    "Hazard ratio of HIFU over No HIFU: 0.57 (95 % CI 0.33–0.99) among all 94 patients; no sign that it differs "
    "between subgroups (5 factors tested, the smallest interaction P = 0.19).": (
        "HIFU对No HIFU的风险比：全部94例患者中为0.57（95 % CI 0.33–0.99）；没有迹象表明各亚组间不同（检验了5个因素，"
        "最小的交互作用P = 0.19）。"
    ),
    "By landmarks and clones it lies between 0.67 and 0.81, which leaves 38 % to 70 %.": (
        "按界标与克隆，介于0.67与0.81之间，还剩38 %至70 %。"
    ),
    "Hazard ratios: HIFU over No HIFU, within each level.": "风险比：HIFU对No HIFU，在每个水平内。",
    "- ALBI score is missing in rows 55, 75.": "- 第55、75行缺ALBI score。",
    "1. ALBI score is missing in rows 55, 75.": "1. 第55、75行缺ALBI score。",
    "• ALBI score is missing in rows 55, 75.": "• 第55、75行缺ALBI score。",
    "Median duration of response was 9.6 months without HIFU and 17.3 months with HIFU. Of 27 responders only.": (
        "中位缓解持续时间：未接受HIFU者9.6个月，接受HIFU者17.3个月。仅针对27例缓解者。"
    ),
    "Taken together (94 patients, 66 events), overall survival went with HIFU against No HIFU (hazard ratio 0.47, "
    "95 % CI 0.26–0.83; P = 0.009) and Systemic therapy, ICI only against Chemotherapy + ICI (hazard ratio 4.12, "
    "1.66–10.20; P = 0.002).": (
        "合并分析（94例患者，66个事件），总生存期与HIFU对No HIFU（风险比0.47，95 % CI 0.26–0.83；P = 0.009）和"
        "Systemic therapy（ICI only对Chemotherapy + ICI，风险比4.12，1.66–10.20；P = 0.002）有关。"
    ),
    "After 24 months, 76.8 % (95 % CI 69.5–82.7) of those in <=3 cm were event-free, 11.2 % (6.9–16.7) were alive "
    "after progression and 11.9 % (7.5–17.5) were dead; 53.5 % (41.3–64.3) of those in >3 cm were event-free, 25.4 % "
    "(16.0–35.9) were alive after progression and 21.1 % (12.5–31.1) were dead.": (  # no tag stands between < and >
        "24个月后，<=3 cm组中76.8 %（95 % CI 69.5–82.7）无事件、11.2 %（6.9–16.7）在进展后存活、"
        "11.9 %（7.5–17.5）死亡；"
        ">3 cm组中53.5 %（41.3–64.3）无事件、25.4 %（16.0–35.9）在进展后存活、21.1 %（12.5–31.1）死亡。"
    ),
    "Median overall survival was 10.7 months (95 % CI 8.7–11.8) without HIFU and 19.6 months (12.1–33.1) with HIFU "
    "(hazard ratio 0.57 against No HIFU, 95 % CI 0.33–0.99; log-rank P = 0.042).": (
        "中位总生存期：未接受HIFU者10.7个月（95 % CI 8.7–11.8），接受HIFU者19.6个月（12.1–33.1）"
        "（相对于No HIFU的风险比0.57，95 % CI 0.33–0.99；log-rank P = 0.042）。"
    ),
}


@pytest.mark.parametrize("english", IN_CHINESE)
def test_sentences_of_the_pages_in_chinese(english: str) -> None:
    assert Translator("zh", OWN)(english) == IN_CHINESE[english]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["survfit(Surv(time, event) ~ group)", "table(response, group)", 'relevel(factor(sex), "all patients")',
             "fit <- coxph(Surv(start, stop, event) ~ x, subset = factor == level)", "each, event and group", "x * y"]
        ),
        min_size=1, max_size=4,
    ),
    st.sampled_from([("In R: `", "`"), ("In R: ", ""), ("median; R: ", "; Cohortscope 0.1.0."), ("events; R: ", ""),
                     ("hazard ratio `", "` of the group")]),
    st.booleans(),
)  # fmt: skip
def test_code_of_r_is_never_changed(lines: list[str], around: tuple[str, str], escaped: bool) -> None:
    code = "; ".join(lines)
    before, after = around
    if escaped and "`" not in before:
        code, before = (re.sub(r"([:_~*<>\[\]$])", r"\\\1", text) for text in (code, before))
    assert code in Translator("zh", {"group", "sex"})(f"{before}{code}{after}")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Does overall survival differ by WHO grade?", "不同WHO grade的总生存期是否不同？"),
        (
            "Median overall survival was 4.4 months for G1, 5.4 months for G2 and 7.5 months for G3 (P = 0.081).",
            "中位总生存期：G1组4.4个月，G2组5.4个月，G3组7.5个月（P = 0.081）。",
        ),
        (
            "There is only 1 event in G3: one more could change the comparison.",
            "G3组只有1个事件：再多一个就可能改变比较。",
        ),
        (
            "An objective response (CR or PR) was seen in 7 of 32 patients in G1 (21.9 %), 0 of 1 in G2 (0.0 %) and "
            "8 of 31 in G3 (25.8 %) (Fisher P = 0.83).",
            "客观缓解（CR或PR）：G1组32例中7例（21.9 %），G2组1例中0例（0.0 %），"
            "G3组31例中8例（25.8 %）（Fisher P = 0.83）。",
        ),
        ("64 patients, 32 in G1, 1 in G2 and 31 in G3.", "64例患者：G1组32例，G2组1例，G3组31例。"),
    ],
)
def test_three_groups_keep_their_numbers(english, chinese):
    assert Translator("zh", {"WHO grade", "G1", "G2", "G3"})(english) == chinese
