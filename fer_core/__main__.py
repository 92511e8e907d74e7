"""``poise``, and ``python -m fer_core``."""

import sys


def main() -> None:
    """Run a command."""
    try:
        if sys.argv[1:2] == ["app"]:
            import typer

            from fer_core.launch import app as launch
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command()(launch)
            alone(args=sys.argv[2:], prog_name="poise app")
        else:
            from fer_core.cli import app
            app(prog_name="poise")
    except KeyboardInterrupt:  # also while torch is still being imported
        sys.exit(130)


if __name__ == "__main__":
    main()
