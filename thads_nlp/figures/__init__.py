"""Key figures: numerals, quantities, relations, ranking and bullets."""
