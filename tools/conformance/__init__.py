"""Replays answers recorded on AWS against a server, and records new ones. See docs/conformance.md.

python -m tools.conformance replay [--endpoint URL]
python -m tools.conformance record SCENARIO --region REGION
"""
