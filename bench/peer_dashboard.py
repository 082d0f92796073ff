"""The peer: a small survival app as they are usually written, with lifelines and matplotlib, for ``streamlit run``."""

import os

import matplotlib.pyplot as plt
import pandas as pd
import streamlit as st
from lifelines import KaplanMeierFitter
from lifelines.plotting import add_at_risk_counts
from lifelines.statistics import multivariate_logrank_test


@st.cache_data
def read(path: str) -> pd.DataFrame:
    """The file, once."""
    return pd.read_csv(path)


frame = read(os.environ["PEER_FILE"])
endpoints = [name.removesuffix("_months").upper() for name in frame if name.endswith("_months")]
with st.sidebar:
    endpoint = st.selectbox("Endpoint", endpoints).lower()
    column = st.selectbox("Group by", [name for name in frame if name.startswith("group_")])
    sites = st.multiselect("Site", sorted(frame["site"].unique()))
if sites:
    frame = frame[frame["site"].isin(sites)]
time, event = frame[f"{endpoint}_months"], frame[f"{endpoint}_event"]

figure, axes = plt.subplots(figsize=(9, 6))
fitters, medians = [], {}
for level, rows in frame.groupby(column):
    fitter = KaplanMeierFitter().fit(rows[f"{endpoint}_months"], rows[f"{endpoint}_event"], label=str(level))
    fitter.plot_survival_function(ax=axes, show_censors=True)
    fitters.append(fitter)
    medians[level] = fitter.median_survival_time_
add_at_risk_counts(*fitters, ax=axes)
figure.tight_layout()
test = multivariate_logrank_test(time, frame[column], event)
st.title("Survival")
st.pyplot(figure)
plt.close(figure)
st.write(f"Log-rank P = {test.p_value:.3f}")
st.dataframe(pd.Series(medians, name="Median"))
