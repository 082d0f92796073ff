"""Whether a window that another process held is told apart from a new one."""

import pytest

from ui.reconnected import came_from_another


@pytest.mark.parametrize(
    ("protocol", "taken_over"),
    [
        (None, False),
        ("streamlit", False),
        ("streamlit, 2|ab|cd|1", False),
        ("streamlit, 2|ab|cd|1, ", False),
        ("streamlit, 2|ab|cd|1, 6f0c", True),
        ("streamlit, , 6f0c", True),
    ],
)
def test_the_browser_names_the_session_it_had(protocol, taken_over):
    headers = {} if protocol is None else {"Sec-WebSocket-Protocol": protocol}
    assert came_from_another(headers) is taken_over
    assert came_from_another({name.lower(): value for name, value in headers.items()}) is taken_over
