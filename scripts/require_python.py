"""Says in one line that Python is too old; runs on any Python, so its syntax is old too."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "machtin needs Python 3.11 or newer; this is %s (%s).\n"
        "Install a newer one, or name it: make run PYTHON=python3.12" % (sys.version.split()[0], sys.executable)
    )
