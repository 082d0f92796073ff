"""The peer: the same survival page written the usual way, with lifelines and Altair's shorthand."""

import altair as alt
import pandas as pd
import streamlit as st
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

frame = st.session_state["frame"]
column = st.selectbox("Group by", st.session_state["columns"], key="group")
curves, medians = [], {}
for level, rows in frame.groupby(column):
    fitter = KaplanMeierFitter().fit(rows["os_months"], rows["os_event"], label=level)
    curve = pd.concat([fitter.survival_function_, fitter.confidence_interval_], axis=1)
    curve.columns = ["survival", "low", "high"]
    curves.append(curve.rename_axis("time").reset_index().assign(group=level))
    medians[level] = fitter.median_survival_time_
test = multivariate_logrank_test(frame["os_months"], frame[column], frame["os_event"])
long = pd.concat(curves)
chart = alt.Chart(long)
band = chart.mark_area(opacity=0.2, interpolate="step-after").encode(
    x="time:Q", y="low:Q", y2="high:Q", color="group:N"
)
line = chart.mark_line(interpolate="step-after").encode(x="time:Q", y="survival:Q", color="group:N")
st.altair_chart(band + line)
st.dataframe(pd.Series(medians, name="Median"))
st.write(f"Log-rank P = {test.p_value:.3f}")
