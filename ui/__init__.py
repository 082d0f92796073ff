"""What pages share: state, sidebar, caches, messages, charts."""
