"""A report as a value: blocks in the order of a paper, each with its sentences, figure and tables.

Belongs here: what a report is. Does not belong here: files (``word``, ``html``, ``slides``), how figures are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.reporting.tables import ReportTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure, drawn.

    Attributes
    ----------
    png, svg : bytes
        The same drawing in points and as vectors.
    width_mm, height_mm : float
    title : str
    caption : tuple of str
        Which patients, the method, that data are synthetic.
    alt : str
        The figure in words, for who cannot see it.
    """

    png: bytes
    svg: bytes
    width_mm: float
    height_mm: float
    title: str
    caption: tuple[str, ...]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBlock:
    """One part of a report.

    Attributes
    ----------
    title : str
    sentences : tuple of str
        The answer, with its numbers.
    pictures : tuple of Picture
    tables : tuple of ReportTable
    notes : tuple of str
        What limits the answer.
    """

    title: str
    sentences: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report ready to be written.

    Attributes
    ----------
    title : str
    about : tuple of str
        Lines under the title: cohort, patients, date of the analysis, synthetic or not.
    blocks : tuple of ReportBlock
        In their order.
    """

    title: str
    about: tuple[str, ...]
    blocks: tuple[ReportBlock, ...]
