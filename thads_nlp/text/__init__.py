"""From bytes to sentences with offsets: decoding, normalisation, segmentation."""
