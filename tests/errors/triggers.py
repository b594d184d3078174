"""How the texts of `kilowatt.errors.triggers` are provoked: by requests of Lambda's API."""

from tests.errors.provocation import Elsewhere

from kilowatt.errors import ErrorSpec
from kilowatt.errors import triggers as errors

_TABLE = "tests/triggers/test_refusals.py::test_the_refusal_is_this_to_the_letter"
_WHY = "a request of Lambda's API"
_OTHERS = {
    "MAPPING_EXISTS": "tests/triggers/test_recorded.py::test_a_second_mapping_is_refused_as_recorded",
    "FUNCTIONS_OFF": "tests/triggers/test_security.py::test_a_secured_server_takes_no_code",
    "CROSS_ORIGIN": "tests/triggers/test_security.py::test_a_web_page_can_neither_ask_nor_call",
    "FUNCTION_IS_CONFIGURED": "tests/triggers/test_functions.py"
    "::test_functions_of_the_file_are_listed_and_cannot_be_changed",
    "FAILED": "tests/triggers/test_functions.py::test_an_endpoint_that_cannot_be_reached_fails_an_invocation",
}
# `test_every_text_is_here_or_elsewhere` sees to it that the table has the others.
ELSEWHERE = {
    name: Elsewhere(_WHY, _OTHERS.get(name, _TABLE))
    for name, value in vars(errors).items()
    if isinstance(value, ErrorSpec)
}
