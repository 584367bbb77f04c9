"""The exporter: turns a film into a reel."""
