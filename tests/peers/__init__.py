"""What other programs say about the same data, and the scripts that asked them."""
