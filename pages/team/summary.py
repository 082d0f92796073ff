"""Results without small numbers: what viewers see."""

from ui.screen import st
from ui.team import summary

st.title("What are the results, without small numbers?")
summary.show()
