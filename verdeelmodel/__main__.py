"""Makes `python -m verdeelmodel` the same as the installed command."""

from verdeelmodel.cli.main import main

main()
