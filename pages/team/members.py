"""Members of the project: who may see what."""

from ui.screen import st
from ui.team import members

st.title("Who works on this project?")
members.show()
