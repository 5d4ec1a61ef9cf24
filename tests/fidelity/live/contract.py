"""What a published document itself says of a body: the places that break it."""

import re

from jsonschema import Draft202012Validator, FormatChecker

formats = FormatChecker(formats=())

DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


@formats.checks("date-time")
def is_date_time(text: object) -> bool:
    """RFC 3339, 5.6."""
    if not isinstance(text, str):
        return True
    match = DATE_TIME.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(match[n]) for n in (1, 2, 3))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if not 1 <= month <= 12 or not 1 <= day <= days[month - 1]:
        return False
    return match[6] != "60" or is_leap_second(match)


def is_leap_second(match: re.Match) -> bool:
    """Seconds may be 60 at 23:59 UTC only."""
    minutes = int(match[4]) * 60 + int(match[5])
    zone = match[8]
    if zone not in "Zz":
        offset = int(zone[1:3]) * 60 + int(zone[4:6])
        minutes += -offset if zone[0] == "+" else offset
    return minutes % 1440 == 1439


class Contract:
    def __init__(self, document: dict, schema: dict):
        whole = schema | {"components": document["components"]}
        self.validator = Draft202012Validator(whole, format_checker=formats)

    def broken_places(self, value: object) -> list[list]:
        places = []
        for error in self.validator.iter_errors(value):
            place = ["body", *error.absolute_path]
            if error.validator == "required":
                places += [place + [name] for name in error.validator_value if name not in error.instance]
            else:
                places.append(place)
        unique = {tuple(map(str, place)): place for place in places}
        return [unique[key] for key in sorted(unique)]
