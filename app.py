"""Cohortscope: survival and safety for cohorts of locoregional therapy for liver tumours.

`streamlit run app.py` serves the dashboard, whose pages and frame stand in `dashboard.py`.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# Streamlit takes a folder called `pages` for its older way of finding pages until a script has named them, and answers
# the first visit to an address such as /hazards with a notice that there is no such page.
PagesManager.uses_pages_directory = False

app = st.App("dashboard.py")
