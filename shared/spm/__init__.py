"""The minimum services of the regulation: the catalogue of services (one TOML file a version), cells of a
figure, rules about figures, the index and the digest of a submission. Pure.
"""
