"""Whatever is asked of Lambda's API, the answer is a refusal or a success, never a failure of the server."""

import http.client
import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.triggers.conftest import Place, Trigger, zipped

_HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/lambda/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00",
    "X-Amz-Date": "20260101T000000Z",
}
_MAPPINGS, _FUNCTIONS = "/2015-03-31/event-source-mappings", "/2015-03-31/functions"
_SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8) | st.floats()
_VALUES = st.recursive(
    _SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3)
)
_NAMES = st.sampled_from(
    [
        *("EventSourceArn", "FunctionName", "StartingPosition", "BatchSize", "Enabled", "FilterCriteria"),
        *("DestinationConfig", "FunctionResponseTypes", "TumblingWindowInSeconds", "Tags", "Code", "ZipFile"),
        *("Runtime", "Handler", "Environment", "Timeout", "Description", "PackageType", "TracingConfig"),
    ]
)
_NESTED = st.fixed_dictionaries(
    {},
    optional={
        "Filters": _VALUES | st.lists(st.fixed_dictionaries({"Pattern": _VALUES}), max_size=2),
        "OnFailure": _VALUES | st.fixed_dictionaries({"Destination": _VALUES}),
        "Variables": _VALUES,
        "ZipFile": _VALUES,
        "Mode": _VALUES,
        "Size": _VALUES,
    },
)


@pytest.fixture(scope="module")
def good(place: Place) -> dict[str, Any]:
    """By path, parameters that are good."""
    name = place.function()[0]
    mapping = {"EventSourceArn": place.stream()[1], "FunctionName": name, "StartingPosition": "LATEST"}
    code = {"ZipFile": b64encode(zipped()).decode()}
    function = {"FunctionName": name, "Runtime": "python3.11", "Handler": "app.handler", "Code": code}
    return {_MAPPINGS: {**mapping, "Enabled": False}, _FUNCTIONS: function}


@pytest.fixture(scope="module")
def changed(place: Place) -> Trigger:
    return place.trigger(Enabled=False)


def _status(place: Place, method: str, path: str, body: bytes) -> int:
    connection = http.client.HTTPConnection(urlsplit(place.endpoint).netloc, timeout=30)
    try:
        connection.request(method, path, body, _HEADERS)
        answer = connection.getresponse()
        content = answer.read()
        assert not content or isinstance(json.loads(content), dict)
        return answer.status
    finally:
        connection.close()


@settings(max_examples=150)
@given(
    changes=st.dictionaries(_NAMES, _VALUES | _NESTED, max_size=4),
    path=st.sampled_from([_MAPPINGS, _FUNCTIONS]),
)
def test_any_parameters_are_taken_or_refused(
    place: Place, good: dict[str, Any], changes: dict[str, Any], path: str
) -> None:
    assert _status(place, "POST", path, json.dumps({**good[path], **changes}).encode()) < 500


@settings(max_examples=100)
@given(changes=st.dictionaries(_NAMES, _VALUES | _NESTED, max_size=3))
def test_any_changes_are_taken_or_refused(
    place: Place, good: dict[str, Any], changed: Trigger, changes: dict[str, Any]
) -> None:
    body = json.dumps(changes).encode()
    assert _status(place, "PUT", f"{_MAPPINGS}/{changed.uuid}", body) < 500
    assert _status(place, "PUT", f"{_FUNCTIONS}/{changed.function}/configuration", body) < 500
    assert _status(place, "GET", f"{_MAPPINGS}/{changed.uuid}", b"") == 200


@settings(max_examples=30)
@given(body=st.binary(max_size=20), path=st.sampled_from([_MAPPINGS, _FUNCTIONS]))
def test_any_body_is_refused(place: Place, body: bytes, path: str) -> None:
    assert 400 <= _status(place, "POST", path, body) < 500


@settings(max_examples=150)
@given(
    rest=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    base=st.sampled_from(
        ["/2015-03-31/", f"{_MAPPINGS}/", f"{_FUNCTIONS}/", f"{_MAPPINGS}?", f"{_FUNCTIONS}?MaxItems="]
    ),
    method=st.sampled_from(["GET", "DELETE", "PUT", "PATCH"]),
)
def test_any_path_is_answered(place: Place, base: str, rest: str, method: str) -> None:
    assert _status(place, method, base + rest, b"") < 500


@pytest.mark.parametrize(
    "query", ["MaxItems=abc", "MaxItems=0", "MaxItems=99999999999", "Marker=%00", "MaxItems=%C2%B2"]
)
def test_odd_pages_are_answered(place: Place, query: str) -> None:
    assert _status(place, "GET", f"{_MAPPINGS}?{query}", b"") < 500
    assert _status(place, "GET", f"{_FUNCTIONS}?{query}", b"") < 500
