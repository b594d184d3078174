"""`kilowatt serve`: starts a server.

A setting comes from its flag, else from the environment (`KILOWATT_PORT`, ...), else from the TOML file that
`--config` names, else it is the default.
"""

import asyncio
import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import uvloop

from kilowatt.app import BadCredentials, InsecureBind, PortInUse
from kilowatt.app import serve as serve_until_stopped
from kilowatt.engine import errors as engine_errors
from kilowatt.late import BadFunctions
from kilowatt.limits import CAPACITY_UNITS_BOUND
from kilowatt.settings import Settings

# Exit codes, so that a script can tell what went wrong. 1 and 2 are Python's and click's own.
EXIT_PORT_IN_USE = 3
EXIT_DIRECTORY_LOCKED = 4
EXIT_NOT_A_DATA_DIRECTORY = 5
EXIT_FORMAT_TOO_NEW = 6
EXIT_INSECURE = 7
EXIT_BAD_CREDENTIALS = 8
EXIT_STORAGE = 9
EXIT_BAD_FUNCTIONS = 10

_DEFAULTS = Settings()


def _read_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Makes the file's settings the defaults of the other options."""
    if path is None:
        return
    import tomllib  # noqa: PLC0415  only who names a file waits for its loading

    try:
        content = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error)) from error
    settings = {name.replace("-", "_"): value for name, value in content.items()}
    known = {parameter.name for parameter in context.command.params}
    for name in settings:
        if name not in known:
            raise click.BadParameter(f"{path}: unknown setting '{name}'")
    context.default_map = settings


@click.command(context_settings={"auto_envvar_prefix": "KILOWATT", "show_default": True})
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_read_config,
    is_eager=True,
    expose_value=False,
    help="TOML file with settings, named as these options.",
)
@click.option("--host", default=_DEFAULTS.host, help="Address to listen on.")
@click.option(
    "--port", default=_DEFAULTS.port, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--data-dir",
    default=_DEFAULTS.data_dir,
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory that holds the data; made if missing.",
)
@click.option(
    "--engine",
    default="rocksdb",
    type=click.Choice(["rocksdb", "postgres"]),
    help="Where the data is: in the directory, or in a database that many servers can share.",
)
@click.option(
    "--dsn",
    help="URL of that database, as postgresql://user@host/name; with a password best set in the environment.",
)
@click.option("--in-memory", is_flag=True, help="Keep everything in memory; nothing survives the server.")
@click.option("--region", default=_DEFAULTS.region, help="Region where a request's credentials name none.")
@click.option(
    "--credentials",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of access keys in the form of ~/.aws/credentials; signatures are verified then.",
)
@click.option("--access-key-id", help="One access key instead of a file; best set in the environment.")
@click.option("--secret-access-key", help="Its secret; best set in the environment.")
@click.option("--insecure", is_flag=True, help="Serve other hosts without credentials.")
@click.option(
    "--log-level",
    default=_DEFAULTS.log_level,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Least severe messages to log, on standard error.",
)
@click.option(
    "--error-wording",
    default=str(_DEFAULTS.error_wording),
    type=click.Choice(["2025", "2026"]),
    help="The year whose error texts of AWS to use.",
)
@click.option(
    "--drain-seconds",
    default=_DEFAULTS.drain_seconds,
    type=click.FloatRange(0),
    help="How long requests under way may take when the server is told to stop.",
)
@click.option(
    "--table-delay-seconds",
    default=_DEFAULTS.table_delay_seconds,
    type=click.FloatRange(0),
    help="How long tables stay CREATING, UPDATING and DELETING.",
)
@click.option(
    "--index-lag-seconds",
    default=_DEFAULTS.index_lag_seconds,
    type=click.FloatRange(0),
    help="How far global indexes are behind their tables.",
)
@click.option(
    "--shard-seconds",
    default=_DEFAULTS.shard_seconds,
    type=click.FloatRange(0, min_open=True),
    help="Age at which a shard of a stream closes and its child goes on.",
)
@click.option(
    "--shard-writes-per-second",
    default=_DEFAULTS.shard_writes_per_second,
    type=click.FloatRange(0, min_open=True),
    help="Writes to a shard of a stream beyond which it is split.",
)
@click.option(
    "--kinesis-endpoint",
    help="URL of what takes changes for Kinesis data streams, or `aws`; needs boto3.",
)
@click.option(
    "--item-collection-limit-bytes",
    default=_DEFAULTS.item_collection_limit_bytes,
    type=click.IntRange(1),
    help="Most bytes of one partition key in a table with local indexes.  [default: 10 GB]",
)
@click.option(
    "--transaction-conflict-rate",
    default=_DEFAULTS.transaction_conflict_rate,
    type=click.FloatRange(0, 1),
    help="Share of items that meet a transaction conflict, to test what a program does then.",
)
@click.option(
    "--max-tables",
    type=click.IntRange(1),
    help="Most tables of an account in a region.  [default: 2500]",
)
@click.option(
    "--table-max-capacity-units",
    type=click.IntRange(1, CAPACITY_UNITS_BOUND),
    help="Most units, of reads and of writes, of a table or index.  [default: 40000]",
)
@click.option(
    "--account-max-capacity-units",
    type=click.IntRange(1, CAPACITY_UNITS_BOUND),
    help="Most provisioned units, of reads and of writes, of an account in a region.  [default: 80000]",
)
@click.option(
    "--capacity-mode",
    default=_DEFAULTS.capacity_mode,
    type=click.Choice(["off", "observe", "enforce"]),
    help="What to do with tables' capacity: nothing, meter it, or refuse what is over it.",
)
@click.option(
    "--functions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of functions for triggers: folders, commands, endpoints.",
)
@click.option(
    "--allow-create-function",
    is_flag=True,
    help="Let callers create functions, which run as this server's user. Without credentials, and for this "
    "machine alone, they may anyway.",
)
@click.option(
    "--destination-endpoint",
    help="URL of SQS, SNS and S3 for what triggers give up.  [default: AWS]",
)
@click.option(
    "--failure-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for on-failure destinations of the form file:name.",
)
def serve(in_memory: bool, engine: str, data_dir: Path, error_wording: str, **options: Any) -> None:
    """Serve DynamoDB's wire protocol."""
    if (options["access_key_id"] is None) != (options["secret_access_key"] is None):
        raise click.UsageError("--access-key-id and --secret-access-key go together.")
    if options["kinesis_endpoint"] is not None:
        _check_kinesis(options["kinesis_endpoint"])
    _check_engine(engine, options["dsn"], in_memory)
    directory = None if in_memory or engine == "postgres" else data_dir
    settings = Settings(data_dir=directory, error_wording=int(error_wording), **options)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    _run(settings)


def _check_engine(engine: str, dsn: str | None, in_memory: bool) -> None:
    if engine != "postgres":
        if dsn is not None:
            raise click.UsageError("--dsn is for --engine postgres.")
        return
    if dsn is None:
        raise click.UsageError("--engine postgres needs --dsn.")
    if in_memory:
        raise click.UsageError("--in-memory and --engine postgres exclude each other.")
    if find_spec("asyncpg") is None:
        raise click.UsageError("--engine postgres needs asyncpg: pip install 'kilowatt[postgres]'")


def _check_kinesis(endpoint: str) -> None:
    if endpoint != "aws" and not endpoint.startswith(("http://", "https://")):
        raise click.UsageError("--kinesis-endpoint is a URL, or aws.")
    if find_spec("boto3") is None:
        raise click.UsageError("--kinesis-endpoint needs boto3: pip install 'kilowatt[aws]'")


def _run(settings: Settings) -> None:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve_until_stopped(settings))
    except PortInUse as error:
        _fail(EXIT_PORT_IN_USE, f"cannot listen on {settings.host}:{settings.port}: {error}")
    except InsecureBind:
        _fail(
            EXIT_INSECURE,
            f"{settings.host} can be reached from other machines, and no credentials are configured.\n"
            "Give --credentials FILE, or --insecure if everybody there may read and write all data.",
        )
    except engine_errors.DirectoryLocked as error:
        _fail(EXIT_DIRECTORY_LOCKED, str(error))
    except engine_errors.NotADataDirectory as error:
        _fail(EXIT_NOT_A_DATA_DIRECTORY, str(error))
    except engine_errors.FormatTooNew as error:
        _fail(EXIT_FORMAT_TOO_NEW, str(error))
    except BadCredentials as error:
        _fail(EXIT_BAD_CREDENTIALS, str(error))
    except BadFunctions as error:
        _fail(EXIT_BAD_FUNCTIONS, f"{settings.functions}: {error}")
    except (OSError, engine_errors.EngineError) as error:
        _fail(EXIT_STORAGE, f"storage: {error}")


def _fail(code: int, message: str) -> None:
    click.echo(f"kilowatt: {message}", err=True)
    raise SystemExit(code)
