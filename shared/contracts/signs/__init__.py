"""The signs of which texts are made: which of them our letters can show."""
