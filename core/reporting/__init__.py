"""From results to words, tables and files; the only place that rounds."""
