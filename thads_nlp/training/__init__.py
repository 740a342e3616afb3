"""Data, fine-tuning and export of the seq2seq model (extra ``train``)."""
