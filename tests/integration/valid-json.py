#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""valid-json.py SCHEMA [FILE]: whether a JSON file (or standard input) is valid by one of the OCI's schemas in
tests/data/schema. Says on standard output what is not.
"""
import json
import os
import sys

import jsonschema

directory = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../data/schema")
with open(os.path.join(directory, sys.argv[1]), encoding="utf-8") as file:
    schema = json.load(file)
with open(sys.argv[2] if len(sys.argv) > 2 else 0, encoding="utf-8") as file:
    value = json.load(file)
resolver = jsonschema.RefResolver(f"file://{os.path.realpath(directory)}/{sys.argv[1]}", schema)
errors = list(jsonschema.Draft4Validator(schema, resolver=resolver).iter_errors(value))
for error in errors:
    print("/".join(["", *map(str, error.absolute_path)]) + ": " + error.message)
sys.exit(1 if errors else 0)
