"""`python -m sentitui` is the `sentitui` command."""

import sys

from sentitui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
