"""`python -m shim`: the command `shim` where no script of that name is installed."""

from shim.cli import main

main(prog_name="shim")
