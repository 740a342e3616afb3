"""Scores: key figures, summaries, faithfulness."""
