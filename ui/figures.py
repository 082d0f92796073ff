"""Figures on screen and as files: the theme in use, the width of an export, alternative text."""

from __future__ import annotations

import streamlit as st

from ui.charts.theme import LIGHT, Theme, theme_named

PAPER = LIGHT
EXPORT_WIDTH = 760


def palette() -> Theme:
    """Colours that suit the browser's theme."""
    return theme_named(st.context.theme.type)
