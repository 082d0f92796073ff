"""What stands between the network and the dashboard: health, headers, limits, sign-in, logs. ASGI, no Streamlit."""
