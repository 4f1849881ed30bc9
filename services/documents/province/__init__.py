"""Province: what an office of the province sees of its regions, read only.

SOP step 12, in which the Governor gets the report, and every step before it as far as it has come. Of figures
only what holds: approved by Tim SPM in all submissions of a cycle, and still so. No figure that is typed,
handed in, returned or void comes here, because no table of documents has one.
"""
