"""Adverse events."""

from core.safety.adverse_events import AdverseEventRow, AdverseEventTable, adverse_event_table

__all__ = ["AdverseEventRow", "AdverseEventTable", "adverse_event_table"]
