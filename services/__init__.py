"""The four services, each a room of its own.

While the process of one imports what it needs, nothing is searched for garbage: a fifth of its start
went into looking through modules that all stay. `shared/process.py` begins with that again.
"""

import gc
import sys

if sys.argv[0] == "-m":  # Python looks for the module it is to run: this is no test and no tool
    gc.disable()
