"""Letter kinds as data (`letters.toml`), their Typst templates, and the fonts that are shipped with them."""
