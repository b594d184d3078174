"""How the texts of `kilowatt.errors.insights` are provoked."""

from tests.errors.provocation import Provocation, invalid

PROVOCATIONS = {
    "NO_RESULTS_WANTED": Provocation(
        "ListContributorInsights", {"MaxResults": 0}, invalid("MaxResults must be at least 1")
    ),
}
