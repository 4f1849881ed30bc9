"""The keys of the steps of 04/SOP/2022 by the numbers that the SOP shows,
for tests that go through them in order.
"""

from shared.sop.definition import CURRENT, sops

KEY = {step.number: step.key for step in sops()[CURRENT].steps}
