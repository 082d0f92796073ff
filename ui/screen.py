"""The door to the screen: what every page and widget writes through.

Pages say `from ui.screen import st` and write as they would to Streamlit. One door lets one place decide in which
language the words appear.
"""

import streamlit as st

__all__ = ["st"]
