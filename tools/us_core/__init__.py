"""What US Core 6.1.0 asks of a server, held against Hallway's door: every search, read and must-support element.

``python -m tools.us_core METADATA [--lives FOLDER] [--examples FOLDER] [--page docs/us-core.md]`` makes a database of
its own on the server of ``HALLWAY_DATABASE_URL``, loads the records, signs a clinician in and asks the door as a client
would. METADATA is the folder of Inferno's generated ``metadata.yml`` files (Apache-2.0), which stay outside.
"""
