"""The page of conventions, ungrouped, with two groups and with more."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import text_of

PAGE = "pages/survival/conventions.py"
Open = Callable[..., AppTest]


def test_two_groups_have_medians_means_and_ratios(open_app: Open) -> None:
    app = open_app(PAGE)
    assert [header.value for header in app.header][-3:] == ["Median", "Mean", "Ratios of two groups"]
    ratios = app.table[-1].value.replace("\u00a0", " ", regex=True)
    assert ratios["Default of"].tolist() == ["R", "SAS, SPSS 26", "Prism 10", "Prism 10", "Prism 10"]
    printed = ratios.iloc[:, 1].str.replace(r"[\\\u2060]", "", regex=True)  # the joiner keeps an interval on one line
    assert printed.str.contains(r"^\d\.\d\d \(\d\.\d\d–\d\.\d\d\)$").all()
    medians = app.table[-3].value.replace("\u00a0", " ", regex=True)
    assert medians.iloc[:, 0].tolist() == ["R", "SAS", "Prism 10", "SPSS 26"]
    assert medians.loc[3, "No HIFU"].startswith("10.6 (")
    assert medians.loc[2, "No HIFU"] == "10.7"
    assert "SPSS prints a median of 10.6 instead of 10.7 months for No HIFU" in text_of(app)


def test_ungrouped_and_many_groups_only_lack_ratios(open_app: Open) -> None:
    for query in ({"cohort": "hifu_ici", "endpoint": "OS"}, {"cohort": "ablation_tace_net", "group": "who_grade"}):
        app = open_app(PAGE, **query)
        assert [header.value for header in app.header][-2:] == ["Median", "Mean"]
        assert "need two groups" in text_of(app)
        assert not app.error


def test_downloads_hold_the_tables(open_app: Open) -> None:
    said = text_of(open_app(PAGE))
    assert "no program was run" in said
    assert "survfit" in said
