"""The seq2seq summarizer: content selection, slots, engines and verification."""
