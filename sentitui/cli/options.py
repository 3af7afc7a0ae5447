"""Options that several commands share, and the running of their asynchronous work."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui.errors import ConfigError

if TYPE_CHECKING:
    from sentitui.providers.provider import Provider
    from sentitui.services import Services
    from sentitui.tuning.jobs import Hyperparameters


def add_provider_arguments(parser: argparse.ArgumentParser) -> None:
    """`--provider`, `--base-url` and `--api-key-env`: whom to talk to."""
    group = parser.add_argument_group("provider")
    group.add_argument(
        "--provider", metavar="NAME", help="engine (default), openai, azure, nebius, or one from the settings"
    )
    group.add_argument(
        "--base-url", metavar="URL", help="any OpenAI-compatible address, e.g. http://host:9000/v1"
    )
    group.add_argument(
        "--api-key-env",
        metavar="NAME",
        help="environment variable with the key (default: the provider's own, else OPENAI_API_KEY)",
    )


def chosen_provider(services: Services, args: argparse.Namespace) -> Provider:
    """The provider that the options name. Raises ConfigError."""
    return services.provider(args.provider, base_url=args.base_url, api_key_env=args.api_key_env)


def add_tuning_arguments(
    parser: argparse.ArgumentParser, *, several: bool = False, seed: int | None = None
) -> None:
    """What to train and how; with `several`, hyperparameters take lists (1,2,3); `seed` is the default."""
    group = parser.add_argument_group("training")
    group.add_argument(
        "--model", metavar="M", help="base model, or a tuned one (default: the provider's own)"
    )
    group.add_argument(
        "--suffix", metavar="S", type=suffix, help="part of the tuned model's name, 1-64 characters"
    )
    group.add_argument(
        "--seed",
        metavar="N",
        type=bounded(int, 0, 2**31 - 1),
        default=seed,
        help="the same seed, the same model" + (f": {seed}" if seed is not None else ""),
    )
    epochs, batch, rate = automatic(int, 1, 50), automatic(int, 1, 256), automatic(float, 1e-6, 1e6)
    more = "; a list makes a job of each" if several else ""
    for name, parse, text in (
        ("--epochs", epochs, f"passes over the data: auto or 1-50{more}"),
        ("--batch-size", batch, f"examples per step: auto or 1-256{more}"),
        ("--learning-rate-multiplier", rate, f"auto or a number above 0{more}"),
    ):
        group.add_argument(name, metavar="N", type=listed(parse) if several else parse, help=text)


def hyperparameters(args: argparse.Namespace) -> Hyperparameters:
    """The hyperparameters that the options name."""
    from sentitui.tuning.jobs import Hyperparameters

    return Hyperparameters(args.epochs, args.batch_size, args.learning_rate_multiplier)


def job_provider(services: Services, args: argparse.Namespace) -> Provider:
    """The provider that the options name; without any, the one where the history saw the job `args.job`.

    Raises ConfigError, also when several providers have a job of that id.
    """
    if args.provider or args.base_url:
        return chosen_provider(services, args)
    seen = services.history.jobs(args.job)
    if len(seen) > 1:
        names = ", ".join(each.provider for each in seen)
        raise ConfigError(f"Several providers have a job {args.job}: {names}.", "Choose one with --provider.")
    if not seen:
        return chosen_provider(services, args)
    origin = seen[0].origin
    return services.provider(
        seen[0].provider,
        base_url=origin.get("base_url"),
        api_key_env=args.api_key_env or origin.get("api_key_env"),
    )


def bounded(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], int | float]:
    """A parser of numbers between two bounds, for argparse."""

    def parse(word: str) -> int | float:
        value = kind(word)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{word} is not between {low:g} and {high:g}")
        return value

    parse.__name__ = "number"
    return parse


def automatic(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], int | float | None]:
    """As `bounded`, and "auto" is None."""
    number = bounded(kind, low, high)

    def parse(word: str) -> int | float | None:
        return None if word == "auto" else number(word)

    parse.__name__ = "number"
    return parse


def suffix(word: str) -> str:
    """The suffix of a tuned model's name, for argparse: 1 to 64 characters (the API's own limit)."""
    if not 1 <= len(word) <= 64:
        raise argparse.ArgumentTypeError(f"it has {len(word)} characters, not 1 to 64")
    return word


def listed(parse: Callable[[str], int | float | None]) -> Callable[[str], list[int | float | None]]:
    """A parser of values with commas between them, each read by `parse`."""

    def parse_all(word: str) -> list[int | float | None]:
        return [parse(each.strip()) for each in word.split(",")]

    parse_all.__name__ = "numbers"
    return parse_all


def existing(word: str) -> Path:
    """A path given on the command line, as it stands."""
    return Path(word).expanduser()


def with_services(work: Callable[[Services], Awaitable[int]]) -> int:
    """Runs a command's work with the services, and closes them."""
    from sentitui.services import build

    async def main() -> int:
        services = build()
        try:
            return await work(services)
        finally:
            await services.close()

    return asyncio.run(main())
