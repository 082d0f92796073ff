"""Reading, recognising, checking and selecting: from a file to the patients an analysis uses."""
