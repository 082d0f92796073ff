"""A report: sentences, methods and limitations of results, and its files opened again."""

import base64
import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import docx
import pptx
import pytest

from core import __version__
from core.cohort.load import cohort_from_files, load_cohort
from core.reporting.cox_table import cox_table
from core.reporting.report import pdf
from core.reporting.report.answers import answer_sentences
from core.reporting.report.everything import everything_bytes
from core.reporting.report.html import report_html_bytes
from core.reporting.report.limitations import limitations
from core.reporting.report.methods import methods_paragraph
from core.reporting.report.pdf import report_pdf_bytes
from core.reporting.report.slides import report_slides_bytes
from core.reporting.report.value import Picture, Report, ReportBlock
from core.reporting.report.word import report_word_bytes
from core.reporting.table_layout import head_rows, is_wide
from core.run import run_analysis
from core.spec import AnalysisSpec, LookSpec

SAMPLES = Path(__file__).parents[4] / "sample_data"
# one red point
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="10mm"/>'


@pytest.fixture(scope="module")
def sample():
    folder = SAMPLES / "hifu_ici"
    spec = AnalysisSpec.from_file(folder / "spec.json")
    return spec, load_cohort(spec.cohort, base=folder, synthetic=True)


def answer(sample, **question):
    spec, cohort = sample
    whole = AnalysisSpec.model_validate(
        {"cohort": spec.cohort, "group": spec.group, "analyses": [{"id": "a", **question}]}
    )
    return run_analysis(whole, cohort, whole.analyses[0])


@pytest.fixture(scope="module")
def survival(sample):
    return [
        answer(sample, kind="kaplan_meier", endpoint="OS"),
        answer(sample, kind="compare", endpoint="OS"),
        answer(sample, kind="cox", endpoint="OS", covariates=["hifu"]),
    ]


@pytest.fixture(scope="module")
def model(sample):
    asked = {"covariates": ["hifu", "age_years", "sex"], "mode": "univariable-then-multivariable"}
    return answer(sample, kind="cox", endpoint="OS", **asked)


@pytest.fixture(scope="module")
def report(survival, model):
    picture = Picture(
        png=PNG, svg=SVG, width_mm=160, height_mm=100, title="Overall survival <OS>", caption=("Kaplan-Meier & more.",),
        alt="Two curves",
    )  # fmt: skip
    return Report(
        title="Results: a & b",
        about=("94 patients.",),
        blocks=(
            ReportBlock(title="Overall survival", sentences=answer_sentences(survival), pictures=(picture,)),
            ReportBlock(title="Factors", tables=(cox_table(model),), notes=("Few events.",)),
        ),
    )


class TestSentences:
    def test_curves_test_and_ratio_are_one_sentence(self, survival):
        said, late = answer_sentences(survival)
        assert "immortal time" in late
        assert "10.7 months" in said
        assert "hazard ratio" in said
        assert "log-rank P" in said

    def test_three_groups_have_no_one_ratio(self, sample):
        three = {"column": "age_group"}
        kinds = ({"kind": "kaplan_meier"}, {"kind": "compare"}, {"kind": "cox", "covariates": ["age_group"]})
        (said,) = answer_sentences([answer(sample, **one, endpoint="OS", group=three) for one in kinds])
        assert "log-rank P" in said
        assert "hazard ratio" not in said

    def test_other_results_follow_in_their_order(self, sample, survival):
        flow = answer(sample, kind="flow", endpoint="OS")
        said = answer_sentences([flow])
        assert len(said) == 1
        assert answer_sentences([*survival, flow])[2:] == said

    def test_what_has_no_sentence_says_nothing(self, sample):
        assert answer_sentences([answer(sample, kind="patient_profile", endpoint="OS", patient="H001")]) == ()

    def test_a_crowded_model_is_no_finding(self, sample):
        few = {"kind": "cox", "endpoint": "OS", "filters": [{"column": "hifu", "op": "==", "value": "Yes"}]}
        said = answer_sentences([answer(sample, **few, group=None, covariates=["age_years", "sex", "n_organs"])])
        assert said[1:] == (
            "Only 20 events for 5 coefficients: what the model finds, or does not find, may be chance.",
        )
        assert len(answer_sentences([answer(sample, kind="cox", endpoint="OS", covariates=["hifu", "sex"])])) == 1


class TestMethods:
    def test_each_method_stands_once_with_its_endpoints(self, sample, survival):
        again = answer(sample, kind="kaplan_meier", endpoint="PFS")
        said = methods_paragraph([*survival, again])
        (curves,) = [line for line in said if line.startswith("Kaplan-Meier")]
        assert curves.endswith("(of overall survival and progression-free survival).")

    def test_endpoints_are_defined_first(self, survival):
        first = methods_paragraph(survival)[0]
        assert first.startswith("OS, overall survival: os_months")

    def test_software_and_sources_are_named(self, survival):
        said = " ".join(methods_paragraph(survival))
        assert f"Cohortscope {__version__}" in said
        assert re.search(r"lifelines \d", said)
        assert said.count("Kaplan and Meier") == 1


class TestAnswers:
    def test_immortal_time_stands_beside_the_numbers_that_it_may_explain(self, survival):
        assert sum("immortal time" in sentence for sentence in answer_sentences(survival)) == 1


class TestLimitations:
    def test_late_treatment_and_synthetic_data_are_said_once(self, sample, survival):
        said = limitations(sample[1], survival)
        assert sum("immortal time" in line for line in said) == 1
        assert sum("Synthetic" in line for line in said) == 1

    def test_who_is_left_out_of_several_endpoints_stands_once_and_definitions_are_no_limits(self):
        sheet = "id,first dose,progression date,death date,last seen,arm\n" + "\n".join(
            f"P{i},2020-01-05,2020-0{2 + i % 5}-05,{'2021-01-05' if i % 2 else ''},2021-0{1 + i % 5}-05,{'AB'[i % 2]}"
            for i in range(12)
        )
        cohort = cohort_from_files({"s.csv": sheet.replace("P3,2020-01-05", "P3,").encode()}, name="s")
        spec = AnalysisSpec(cohort=cohort.spec, analyses=())
        results = [answer((spec, cohort), kind="kaplan_meier", endpoint=name) for name in ("OS", "PFS")]
        said = limitations(cohort, results)
        assert [line for line in said if "time missing" in line] == [
            "1 patient left out: OS and PFS time missing (row 5)."
        ]
        assert not any("runs from" in line or "earliest of" in line for line in said)

    def test_late_treatment_is_said_once_of_all_endpoints_with_the_most_follow_up_at_stake(self, sample):
        asked = [answer(sample, kind="kaplan_meier", endpoint=name) for name in ("OS", "PFS")]
        every = [*asked, answer(sample, kind="adverse_events")]
        shares = [re.search(r"(\d+) % of the follow-up", " ".join(limitations(sample[1], [one])))[1] for one in asked]
        said = [line for line in limitations(sample[1], every) if "immortal time" in line]
        assert len(set(shares)) == 2
        assert len(said) == 1
        assert f"{max(map(int, shares))} % of the follow-up" in said[0]

    def test_conventions_are_no_limitation(self, sample, survival):
        assert not any("GraphPad" in line for line in limitations(sample[1], survival))

    def test_a_crowded_model_is_one(self, sample):
        many = ["hifu", "age_years", "sex", "primary_disease", "histology", "age_group"]
        crowded = answer(sample, kind="cox", endpoint="OS", covariates=many)
        assert any("events per variable" in line for line in limitations(sample[1], [crowded]))

    def test_columns_are_written_as_a_reader_would(self, sample):
        covariates = ["hifu", "age_years", "metastasis_lung", "best_response"]
        chosen = answer(sample, kind="cox", endpoint="OS", covariates=covariates, mode="univariable-then-multivariable")
        said = limitations(sample[1], [chosen])
        assert any(line.startswith("Factors were chosen for the multivariable model by the data") for line in said)
        assert not any("such a selection" in line for line in said)
        assert not [line for line in said if "_" in line]

    def test_without_groups_none_are_compared(self, sample):
        spec, cohort = sample
        alone = AnalysisSpec.model_validate(
            {"cohort": spec.cohort, "analyses": [{"id": "a", "kind": "kaplan_meier", "endpoint": "OS"}]}
        )
        result = run_analysis(alone, cohort, alone.analyses[0])
        assert not any("at random" in line for line in limitations(cohort, [result]))
        grouped = answer(sample, kind="kaplan_meier", endpoint="OS")
        assert any("at random" in line for line in limitations(cohort, [grouped]))

    def test_many_comparisons_are_counted(self, sample):
        look = LookSpec(kind="compare", endpoint="OS", column="arm", test="log-rank", p_value=0.04)
        assert not any("comparison" in line for line in limitations(sample[1], [], [look]))
        two = [look, look.model_copy(update={"endpoint": "PFS"})]
        assert any("2 comparisons" in line for line in limitations(sample[1], [], two))


class TestWord:
    def test_opens_again_with_everything_in_its_place(self, report, model):
        document = docx.Document(io.BytesIO(report_word_bytes(report)))
        texts = [paragraph.text for paragraph in document.paragraphs]
        assert texts[0] == "Results: a & b"
        headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
        assert headings == ["Overall survival", "Factors"]
        assert "Few events." in texts
        assert any(text.startswith("Figure 1. Overall survival <OS>. Kaplan-Meier & more.") for text in texts)
        assert len(document.tables) == 1
        assert len(document.tables[0].rows) >= len(cox_table(model).rows)

    def test_a_figure_has_words_for_who_cannot_see_it(self, report):
        document = docx.Document(io.BytesIO(report_word_bytes(report)))
        (shape,) = document.inline_shapes
        assert shape._inline.docPr.get("descr") == "Two curves"
        assert shape.width.mm == pytest.approx(160, abs=0.01)

    def test_the_same_report_gives_the_same_bytes_and_names_nobody(self, report):
        made = report_word_bytes(report)
        assert made == report_word_bytes(report)
        known = docx.Document(io.BytesIO(made)).core_properties
        assert (known.author, known.last_modified_by) == ("", "")


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.images = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))


class TestHtml:
    def test_stands_by_itself(self, report):
        text = report_html_bytes(report).decode()
        page = _Page()
        page.feed(text)
        assert not {"script", "link", "iframe", "object"} & set(page.tags)
        (image,) = page.images
        assert image["alt"] == "Two curves"
        kind, drawn = image["src"].split(",")
        assert kind == "data:image/svg+xml;base64"
        ElementTree.fromstring(base64.b64decode(drawn))
        assert "http" not in re.sub(r"base64,[^\"]+", "", text)

    def test_text_is_harmless(self, report):
        assert "Overall survival &lt;OS&gt;" in report_html_bytes(report).decode()
        assert "<title>Results: a &amp; b</title>" in report_html_bytes(report).decode()


class TestSlides:
    def test_tables_can_be_edited_and_figures_are_vectors(self, report, model):
        deck = pptx.Presentation(io.BytesIO(report_slides_bytes(report)))
        titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
        assert titles == ["Results: a & b", "Overall survival", "Factors", cox_table(model).title]
        (table,) = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
        printed = {cell.text for row in table.rows for cell in row.cells}
        assert {cell.text for row in cox_table(model).rows for cell in row.cells[1:]} <= printed
        pictures = [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13]
        assert pictures[0]._element.nvPicPr.cNvPr.get("descr") == "Two curves"
        with zipfile.ZipFile(io.BytesIO(report_slides_bytes(report))) as archive:
            (vector,) = [name for name in archive.namelist() if name.endswith(".svg")]
            assert archive.read(vector) == SVG

    def test_a_long_table_goes_on_and_no_heading_stands_last(self, model):
        rows = cox_table(model).rows
        many = tuple(replace(row, kind="heading" if i % 5 == 4 else "body") for i, row in enumerate(rows * 10))
        long = replace(cox_table(model), rows=many)
        one = Report(title="T", about=(), blocks=(ReportBlock(title="B", tables=(long,)),))
        deck = pptx.Presentation(io.BytesIO(report_slides_bytes(one)))
        grids = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
        heads = len(head_rows(long))
        assert sum(len(grid.rows) - heads for grid in grids) == len(many)
        assert len(grids) > 2
        shown = [[grid.cell(r, 0).text for r in range(heads, len(grid.rows))] for grid in grids]
        assert list(chain(*shown)) == ["\u2003" * row.indent + row.cells[0].text for row in many]

    def test_the_same_report_gives_the_same_bytes_and_names_nobody(self, report):
        made = report_slides_bytes(report)
        assert made == report_slides_bytes(report)
        known = pptx.Presentation(io.BytesIO(made)).core_properties
        assert (known.author, known.last_modified_by) == ("", "")


def with_figure(report, svg, *, height_mm=100, notes=0):
    """The report's first block with another drawing, under so many lines."""
    block, *_ = report.blocks
    picture = replace(block.pictures[0], svg=svg, height_mm=height_mm)
    return replace(report, blocks=(replace(block, pictures=(picture,), notes=("note",) * notes),))


def pages(made):
    return made.count(b"/Type /Page\n")


class TestPdf:
    def test_letters_are_embedded_and_nobody_is_named(self, report):
        made = report_pdf_bytes(report)
        assert made.startswith(b"%PDF-")
        assert made == report_pdf_bytes(report)
        assert made.count(b"/FontFile2") >= 2
        assert b"/Author ()" in made

    def test_a_figure_is_drawn_as_vectors(self, report):
        assert b"/Subtype /Image" not in report_pdf_bytes(report)

    @pytest.mark.parametrize("lost", ["<image/>", "<linearGradient/>", '<g filter="f"><filter/></g>'])
    def test_a_drawing_that_would_lose_a_part_stays_a_picture_and_says_so(self, report, lost, monkeypatch):
        drawn = with_figure(report, SVG.replace(b"/>", f">{lost}</svg>".encode()))
        made = report_pdf_bytes(drawn)
        assert b"/Subtype /Image" in made
        monkeypatch.setattr(pdf, "_IN_POINTS", "")
        assert len(made) > len(report_pdf_bytes(drawn))

    def test_a_figure_that_nearly_fits_stays_on_its_page(self, report):
        assert pages(report_pdf_bytes(with_figure(report, SVG, height_mm=180, notes=40))) == 2
        assert pages(report_pdf_bytes(with_figure(report, SVG, height_mm=180, notes=5))) == 1

    def test_a_figure_too_large_for_the_rest_takes_its_title_along(self, report):
        first, *_ = report.blocks
        made = report_pdf_bytes(
            replace(report, blocks=(replace(first, title="A", pictures=(), notes=("n",) * 30), first))
        )
        assert pages(made) == 2

    def test_a_wide_table_has_its_title_on_its_page(self, report, model):
        wide = replace(cox_table(model), columns=cox_table(model).columns * 3, rows=())
        first, *_ = report.blocks
        made = report_pdf_bytes(replace(report, blocks=(first, ReportBlock(title="Wide", tables=(wide,)))))
        assert is_wide(wide)
        assert pages(made) == 2

    def test_a_long_table_goes_on_over_pages(self, model):
        long = replace(cox_table(model), rows=cox_table(model).rows * 30)
        made = report_pdf_bytes(Report(title="T", about=(), blocks=(ReportBlock(title="B", tables=(long,)),)))
        assert made.count(b"/Type /Page\n") >= 3

    def test_text_of_a_cohort_is_harmless(self):
        block = ReportBlock(title="<b>&", sentences=("肝 <script> & </font>\x00",), notes=("a\nb",))
        assert report_pdf_bytes(Report(title="<", about=("&",), blocks=(block,))).startswith(b"%PDF-")


class TestEverything:
    def test_holds_report_tables_figures_and_what_gives_the_numbers_again(self, report):
        made = everything_bytes(report, {"README.txt": b"x"})
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert archive.namelist() == [
                "report.docx", "report.pptx", "report.pdf", "report.html", "tables.xlsx",
                "figures/figure_1_overall_survival_os.svg",
                "figures/figure_1_overall_survival_os.png", "reproduce/README.txt",
            ]  # fmt: skip
            assert archive.read("report.docx") == report_word_bytes(report)
        assert made == everything_bytes(report, {"README.txt": b"x"})
