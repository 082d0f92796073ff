"""Projects: those one has a part in, and a new one."""

from ui.screen import st
from ui.team import projects

st.title("Which projects are yours?")
projects.show()
