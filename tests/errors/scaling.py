"""How the texts of `kilowatt.errors.scaling` are provoked: by requests of Application Auto Scaling."""

from tests.errors.provocation import Elsewhere

from kilowatt.errors import ErrorSpec
from kilowatt.errors import scaling as errors

_TABLE = "tests/operations/scaling/test_refusals.py::test_the_refusal_is_this_to_the_letter"
_WHY = "a request of another service"
_STORAGE = (
    "tests/background/auto_scaling/test_records.py::test_what_the_storage_refuses_is_told_as_the_service_does"
)
_OTHERS = {
    "UNKNOWN_OPERATION": "tests/operations/scaling/test_refusals.py"
    "::test_operations_that_there_are_not_are_unknown",
    "TOO_MANY_ACTIONS": "tests/operations/scaling/test_scheduled_actions.py"
    "::test_a_target_has_no_more_than_200_scheduled_actions",
    "TOO_MANY_TAGS": "tests/operations/scaling/test_scalable_targets.py"
    "::test_more_than_fifty_tags_are_refused",
    "TOO_MANY_TARGETS": "tests/background/auto_scaling/test_records.py"
    "::test_an_account_has_no_more_than_5000_targets_in_a_region",
    "FAILED": _STORAGE,
    "CONTENTION": _STORAGE,
}
# `test_every_text_is_here_or_elsewhere` sees to it that the table has the others.
ELSEWHERE = {
    name: Elsewhere(_WHY, _OTHERS.get(name, _TABLE))
    for name, value in vars(errors).items()
    if isinstance(value, ErrorSpec)
}
