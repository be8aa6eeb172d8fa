"""Validates answers against the description of the API: {"document": …, "answers": [{"method", "path", "status", "body"}]} on
standard input. Says what does not conform."""

import json
import sys

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

given = json.load(sys.stdin)
document = given["document"]
validate(document)
for answer in given["answers"]:
    responses = document["paths"][answer["path"]][answer["method"]]["responses"]
    response = responses.get(str(answer["status"]), responses["default"])
    schema = response["content"]["application/json"]["schema"] | {"components": document["components"]}
    for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer["body"]):
        print(answer["method"], answer["path"], answer["status"], error.json_path, error.message)
