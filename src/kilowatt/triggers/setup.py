"""Puts the triggers of a server together."""

from collections.abc import Callable

from kilowatt.operations.context import Services
from kilowatt.settings import Settings
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.api import LambdaApi
from kilowatt.triggers.configuration import ConfiguredFunctions
from kilowatt.triggers.destination import Destinations
from kilowatt.triggers.functions import Functions
from kilowatt.triggers.functions_api import FunctionsApi
from kilowatt.triggers.host import Triggers
from kilowatt.triggers.mappings_api import MappingsApi
from kilowatt.triggers.rest import Listen


def triggers_of(
    services: Services,
    settings: Settings,
    configured: ConfiguredFunctions | None,
    listen: Listen,
    variables: Callable[[str], dict[str, str]],
) -> tuple[Triggers, LambdaApi]:
    """The triggers over `services`, not started, and the API that changes them."""
    clock, ids = services.clock, services.ids
    store = TriggerStore(services.engine)
    functions = Functions(
        store, configured or ConfiguredFunctions({}), settings.data_dir, listen, clock, variables
    )
    destinations = Destinations(settings.destination_endpoint, settings.failure_dir, settings.region)
    triggers = Triggers(services, store, functions, destinations)
    mappings = MappingsApi(store, services.streams, triggers, clock, ids)
    return triggers, LambdaApi(mappings, FunctionsApi(store, functions, clock, ids, settings.takes_functions))
