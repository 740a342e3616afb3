"""Archives: readers of whatever form articles lie in, and a batch run that loses and duplicates nothing."""
