"""What members of the project did last."""

from ui.screen import st
from ui.team import activity

st.title("What happened in this project?")
activity.show()
