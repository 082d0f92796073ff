"""Words in another language: a catalogue of sentences, and the engine that finds them in finished text."""
