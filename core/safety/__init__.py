"""Adverse events."""

from core.safety.adverse_events import AdverseEventRow, AdverseEventTable, Asked, adverse_event_table

__all__ = ["AdverseEventRow", "AdverseEventTable", "Asked", "adverse_event_table"]
