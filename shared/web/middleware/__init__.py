"""Around every route: readable addresses, protecting headers, the language, and outages told from faults."""
