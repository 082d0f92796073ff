"""The tables, the engine for an address, one unit of work with its retries, and the migrations."""
