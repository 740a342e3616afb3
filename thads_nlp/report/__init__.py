"""The review page: a briefing beside its article, every figure tied to its place."""
